# What foreshift::foreshift needs; cmake/foreshift-config.cmake.in asks for the same.
# Eigen's version file refuses 5.x to whoever asks for 3.4, so the version is compared here.
find_package(Eigen3 REQUIRED CONFIG)
if(Eigen3_VERSION VERSION_LESS 3.4)
  message(FATAL_ERROR "foreshift needs Eigen 3.4 or later, found ${Eigen3_VERSION} in ${Eigen3_DIR}")
endif()
find_package(Boost 1.74 REQUIRED)  # headers only: Boost.Graph and Boost.Math
find_package(xtensor REQUIRED CONFIG)
