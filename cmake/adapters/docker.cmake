# Also read by the installed package, for those who ask for the component docker.
find_package(nlohmann_json REQUIRED CONFIG)
