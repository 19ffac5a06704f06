# Also read by the installed package, for those who ask for the component calendar.
find_package(LibIcal REQUIRED CONFIG)
find_package(nlohmann_json REQUIRED CONFIG)
