# Also read by the installed package, for those who ask for the component http.
find_package(Threads REQUIRED)
find_package(OpenSSL REQUIRED)
