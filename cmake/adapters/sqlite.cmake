# Also read by the installed package, for those who ask for the component sqlite.
find_package(SQLite3 REQUIRED)
