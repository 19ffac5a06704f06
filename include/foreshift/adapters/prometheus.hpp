#pragma once
/// @file
/// Adapter: metrics in and out, as Prometheus has them.

#include <foreshift/adapters/prometheus/answer_reader.hpp>
#include <foreshift/adapters/prometheus/counter_rate.hpp>
#include <foreshift/adapters/prometheus/endpoint.hpp>
#include <foreshift/adapters/prometheus/exposition.hpp>
#include <foreshift/adapters/prometheus/exposition_reader.hpp>
#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/adapters/prometheus/json_cursor.hpp>
#include <foreshift/adapters/prometheus/label_reader.hpp>
#include <foreshift/adapters/prometheus/label_template.hpp>
#include <foreshift/adapters/prometheus/line_cursor.hpp>
#include <foreshift/adapters/prometheus/metric_family.hpp>
#include <foreshift/adapters/prometheus/query_answer.hpp>
#include <foreshift/adapters/prometheus/query_client.hpp>
#include <foreshift/adapters/prometheus/query_error.hpp>
#include <foreshift/adapters/prometheus/query_point.hpp>
#include <foreshift/adapters/prometheus/query_request.hpp>
#include <foreshift/adapters/prometheus/relabel.hpp>
#include <foreshift/adapters/prometheus/relabel_presets.hpp>
#include <foreshift/adapters/prometheus/retry.hpp>
#include <foreshift/adapters/prometheus/subject_panel.hpp>
#include <foreshift/adapters/prometheus/text_scan.hpp>
#include <foreshift/adapters/prometheus/value_text.hpp>
