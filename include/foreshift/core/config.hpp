#pragma once
/// @file
/// Version and ABI name. The only header in foreshift that looks at the platform.

#define FORESHIFT_VERSION_MAJOR 0
#define FORESHIFT_VERSION_MINOR 1
#define FORESHIFT_VERSION_PATCH 0
#define FORESHIFT_VERSION "0.1.0"

// A switch that changes the body of an inline function would have to be part of this name, so that two
// differently configured copies can be linked into one process without violating the one-definition rule.
#define FORESHIFT_ABI v0
