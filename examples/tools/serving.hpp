#pragma once
// What the programs that run until they are stopped share: how they are told to, and the page of metrics.

#include <foreshift/adapters/prometheus/exposition_writer.hpp>
#include <foreshift/ports/http_client.hpp>

#include <functional>
#include <string>

namespace tool {

/// From now on SIGINT and SIGTERM are noted, and end nothing.
void note_stop_signals();
[[nodiscard]] bool told_to_stop();

/// Answers GET and HEAD of `/metrics` by the page, in the format that the asker accepts; anything else by
/// what there is.
foreshift::ports::http_response answer_metrics(
    const foreshift::ports::http_request& request,
    const std::function<std::string(foreshift::prometheus::exposition_format)>& page,
    const std::string& otherwise);

}  // namespace tool
