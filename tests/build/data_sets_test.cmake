# Makes a missing FORESHIFT_DATA_DIR visible: ctest lists this test as skipped.
set(folder "$ENV{FORESHIFT_DATA_DIR}")
if(folder STREQUAL "")
  message("skipped: FORESHIFT_DATA_DIR is not set; what reads the public data sets skips")
elseif(NOT IS_DIRECTORY "${folder}")
  message(FATAL_ERROR "FORESHIFT_DATA_DIR is not a folder: ${folder}")
endif()
