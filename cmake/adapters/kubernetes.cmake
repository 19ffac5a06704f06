# Also read by the installed package, for those who ask for the component kubernetes.
find_package(nlohmann_json REQUIRED CONFIG)
find_package(yaml-cpp REQUIRED CONFIG)
