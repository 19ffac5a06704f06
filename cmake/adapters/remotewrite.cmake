# Also read by the installed package, for those who ask for the component remotewrite.
find_package(Snappy REQUIRED CONFIG)
if(NOT TARGET protozero::protozero)  # headers only, and no package of its own
  find_path(PROTOZERO_INCLUDE_DIR protozero/pbf_reader.hpp REQUIRED)
  add_library(protozero::protozero INTERFACE IMPORTED)
  set_target_properties(protozero::protozero PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${PROTOZERO_INCLUDE_DIR}")
endif()
