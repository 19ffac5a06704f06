# Adapters: what real systems need, each a target of its own, foreshift::<name>, with its headers and libraries. Nothing
# else in foreshift includes them.
set(FORESHIFT_ADAPTERS "")

# foreshift_adapter(<name> <description> [<library>...]): include/foreshift/adapters/<name>.hpp and the folder beside it.
function(foreshift_adapter name description)
  string(TOUPPER ${name} upper)
  option(FORESHIFT_ADAPTER_${upper} "Adapter ${name}: ${description}" ${PROJECT_IS_TOP_LEVEL})
  if(NOT FORESHIFT_ADAPTER_${upper})
    return()
  endif()
  if(ARGN)
    include(cmake/adapters/${name}.cmake)  # finds the libraries, for users of the package as well
  endif()
  file(GLOB headers CONFIGURE_DEPENDS include/foreshift/adapters/${name}.hpp include/foreshift/adapters/${name}/*.hpp)
  add_library(foreshift_${name} INTERFACE)
  add_library(foreshift::${name} ALIAS foreshift_${name})
  target_sources(foreshift_${name} INTERFACE FILE_SET HEADERS BASE_DIRS include FILES ${headers})
  target_link_libraries(foreshift_${name} INTERFACE foreshift ${ARGN})
  set_target_properties(foreshift_${name} PROPERTIES
    EXPORT_NAME ${name} VERIFY_INTERFACE_HEADER_SETS ${PROJECT_IS_TOP_LEVEL})
  set(FORESHIFT_ADAPTERS ${FORESHIFT_ADAPTERS} ${name} PARENT_SCOPE)
endfunction()

foreshift_adapter(asio "sites over TCP (Boost.Asio)" Threads::Threads)
foreshift_adapter(wal "a durable log on files (POSIX)")
foreshift_adapter(prometheus "metrics in and out, as Prometheus has them")
foreshift_adapter(http "an HTTP client and a small server (Boost.Beast, OpenSSL)" Threads::Threads OpenSSL::SSL)
foreshift_adapter(remotewrite "takes what Prometheus sends by remote write" Snappy::snappy protozero::protozero)
foreshift_adapter(calendar "calendars of other programs: iCalendar, Grafana, Alertmanager (libical, nlohmann-json)"
  ical nlohmann_json::nlohmann_json)
foreshift_adapter(kubernetes "clusters of Kubernetes (nlohmann-json, yaml-cpp)" nlohmann_json::nlohmann_json yaml-cpp)
foreshift_adapter(docker "Docker Swarm as a cluster that workloads move in (nlohmann-json)" nlohmann_json::nlohmann_json)
foreshift_adapter(sqlite "a durable log in an SQLite database" SQLite::SQLite3)
