include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(FORESHIFT_PACKAGE_DIR "${CMAKE_INSTALL_DATADIR}/cmake/foreshift")  # share: nothing here depends on the machine

install(TARGETS foreshift EXPORT foreshift-targets
  FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT foreshift
  FILE_SET umbrellas DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT foreshift)
install(EXPORT foreshift-targets NAMESPACE foreshift:: DESTINATION "${FORESHIFT_PACKAGE_DIR}" COMPONENT foreshift)
foreach(adapter IN LISTS FORESHIFT_ADAPTERS)  # each a component, so that its libraries are asked of its users only
  install(TARGETS foreshift_${adapter} EXPORT foreshift-${adapter}-targets
    FILE_SET HEADERS DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" COMPONENT foreshift)
  install(EXPORT foreshift-${adapter}-targets NAMESPACE foreshift::
    DESTINATION "${FORESHIFT_PACKAGE_DIR}" COMPONENT foreshift)
  if(EXISTS "${CMAKE_CURRENT_LIST_DIR}/adapters/${adapter}.cmake")
    install(FILES "${CMAKE_CURRENT_LIST_DIR}/adapters/${adapter}.cmake" RENAME foreshift-${adapter}-dependencies.cmake
      DESTINATION "${FORESHIFT_PACKAGE_DIR}" COMPONENT foreshift)
  endif()
endforeach()
configure_package_config_file(cmake/foreshift-config.cmake.in foreshift-config.cmake
  INSTALL_DESTINATION "${FORESHIFT_PACKAGE_DIR}")
write_basic_package_version_file(foreshift-config-version.cmake
  COMPATIBILITY SameMinorVersion ARCH_INDEPENDENT)  # while the version is 0.x a minor step may break
install(FILES "${CMAKE_CURRENT_BINARY_DIR}/foreshift-config.cmake"
              "${CMAKE_CURRENT_BINARY_DIR}/foreshift-config-version.cmake"
        DESTINATION "${FORESHIFT_PACKAGE_DIR}" COMPONENT foreshift)
if("prometheus" IN_LIST FORESHIFT_ADAPTERS)  # what the metrics are for: dashboards, recording rules and alerts
  install(DIRECTORY share/foreshift/grafana share/foreshift/prometheus
    DESTINATION "${CMAKE_INSTALL_DATADIR}/foreshift" COMPONENT foreshift)
endif()
if("kubernetes" IN_LIST FORESHIFT_ADAPTERS)  # the rights that it needs
  install(DIRECTORY share/foreshift/kubernetes DESTINATION "${CMAKE_INSTALL_DATADIR}/foreshift" COMPONENT foreshift)
endif()
install(FILES LICENSE DESTINATION "${CMAKE_INSTALL_DOCDIR}" COMPONENT foreshift)
