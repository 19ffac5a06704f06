#pragma once
/// @file
/// Adapter: metrics in and out, as Prometheus has them.

#include <foreshift/adapters/prometheus/exposition.hpp>
#include <foreshift/adapters/prometheus/exposition_reader.hpp>
#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/adapters/prometheus/label_reader.hpp>
#include <foreshift/adapters/prometheus/line_cursor.hpp>
#include <foreshift/adapters/prometheus/metric_family.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/adapters/prometheus/value_text.hpp>
