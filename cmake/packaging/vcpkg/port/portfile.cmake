# An overlay port over the tree it stands in: vcpkg install foreshift --overlay-ports=<tree>/cmake/packaging/vcpkg/port
set(VCPKG_BUILD_TYPE release)  # header only
get_filename_component(SOURCE_PATH "${CMAKE_CURRENT_LIST_DIR}/../../../.." ABSOLUTE)

vcpkg_check_features(OUT_FEATURE_OPTIONS adapters FEATURES
  asio FORESHIFT_ADAPTER_ASIO
  calendar FORESHIFT_ADAPTER_CALENDAR
  docker FORESHIFT_ADAPTER_DOCKER
  prometheus FORESHIFT_ADAPTER_PROMETHEUS
  http FORESHIFT_ADAPTER_HTTP
  kubernetes FORESHIFT_ADAPTER_KUBERNETES
  wal FORESHIFT_ADAPTER_WAL
  remotewrite FORESHIFT_ADAPTER_REMOTEWRITE
  sqlite FORESHIFT_ADAPTER_SQLITE)
vcpkg_cmake_configure(
  SOURCE_PATH "${SOURCE_PATH}"
  OPTIONS
    -DFORESHIFT_BUILD_TESTS=OFF
    -DFORESHIFT_BUILD_EXAMPLES=OFF
    -DFORESHIFT_BUILD_BENCH=OFF
    -DFORESHIFT_BUILD_TOOLS=OFF
    ${adapters})
vcpkg_cmake_install()
vcpkg_cmake_config_fixup(CONFIG_PATH share/cmake/foreshift)

file(INSTALL "${CMAKE_CURRENT_LIST_DIR}/usage" DESTINATION "${CURRENT_PACKAGES_DIR}/share/${PORT}")
vcpkg_install_copyright(FILE_LIST "${SOURCE_PATH}/LICENSE")
file(REMOVE_RECURSE "${CURRENT_PACKAGES_DIR}/lib" "${CURRENT_PACKAGES_DIR}/share/cmake" "${CURRENT_PACKAGES_DIR}/share/doc")
