#pragma once
/// @file
/// The file by which people reach a cluster: a kubeconfig, read by yaml-cpp; the only header that names it.
///
/// A context names a cluster, a user and a namespace. What can be honoured is: a token, a token file, a
/// client certificate, authorities, each in a file or as text within. What cannot is refused by name, since
/// to leave it out would be to connect as somebody else or to trust somebody else: programs that fetch
/// credentials
/// (`exec`, `auth-provider`), passwords, impersonation, unverified servers, proxies, other names of servers.

#include <foreshift/adapters/kubernetes/access.hpp>
#include <foreshift/core/diagnostic.hpp>
#include <foreshift/core/result.hpp>

#include <yaml-cpp/yaml.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::kubernetes {

/// @param source   names the text in diagnostics
/// @param folder   of the file: relative names in it start there
/// @param context  empty: the file's own `current-context`
/// Diagnostics never repeat a value that may be secret. Texts over 1 MiB are refused.
[[nodiscard]] result<access, diagnostic> parse_kubeconfig(std::string_view text, const std::string& source,
                                                          const std::string& folder,
                                                          std::string_view context = {});

namespace detail {

/// RFC 4648, section 4; line ends are left out, as in a folded block.
inline std::optional<std::string> from_base64(std::string_view text) {
  constexpr std::string_view digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t group = 0;
  std::size_t count = 0, padding = 0;
  for (const char c : text) {
    if (c == '\n' || c == '\r' || c == ' ') continue;
    const auto at = digits.find(c);
    if (c == '=')
      ++padding;
    else if (at == std::string_view::npos || padding > 0)
      return std::nullopt;
    group = group << 6 | (c == '=' ? 0U : static_cast<std::uint32_t>(at));
    if (++count % 4 == 0) {
      for (const int shift : {16, 8, 0}) out += static_cast<char>(group >> shift & 255U);
      group = 0;
    }
  }
  if (count % 4 != 0 || padding > 2) return std::nullopt;
  out.resize(out.size() - padding);
  return out;
}

/// Walks a kubeconfig; the first thing that is wrong stays.
class kubeconfig_reader {
 public:
  kubeconfig_reader(const std::string& source, const std::string& folder)
      : source_(source), folder_(folder) {}

  access read(const YAML::Node& root, std::string_view wanted) {
    access out;
    if (!root.IsMap()) return complain(root, "", "not a kubeconfig: it holds no map"), out;
    const std::string name = wanted.empty() ? text(root, "current-context") : std::string{wanted};
    if (name.empty()) return complain(root, "current-context", "no context is named"), out;
    const auto context = named(root, "contexts", "context", name);
    const auto cluster = named(root, "clusters", "cluster", text(context, "cluster"));
    const auto user = named(root, "users", "user", text(context, "user"));
    if (failed()) return out;
    if (auto space = text(context, "namespace"); !space.empty()) out.space = std::move(space);
    read_cluster(cluster, out);
    read_user(user, out);
    return out;
  }
  void complain(const YAML::Node& at, const std::string& field, const std::string& reason) {
    if (!failed()) fault_ = diagnostic{source_, line_of(at), field, reason};
  }
  [[nodiscard]] bool failed() const { return fault_.has_value(); }
  [[nodiscard]] const diagnostic& fault() const { return *fault_; }

 private:
  static std::size_t line_of(const YAML::Node& at) {
    if (!at.IsDefined()) return 0;
    const auto mark = at.Mark();
    return mark.is_null() ? 0 : static_cast<std::size_t>(mark.line) + 1;
  }
  std::string text(const YAML::Node& in, const char* key) {
    const auto at = in.IsMap() ? in[key] : YAML::Node{YAML::NodeType::Undefined};
    if (!at.IsDefined() || at.IsNull()) return {};
    if (!at.IsScalar()) return complain(at, key, "a string is wanted"), std::string{};
    return at.Scalar();
  }
  YAML::Node named(const YAML::Node& root, const char* list, const char* member, const std::string& name) {
    const YAML::Node none{YAML::NodeType::Undefined};
    if (failed()) return none;
    const auto all = root[list];
    if (all.IsDefined() && all.IsSequence())
      for (const auto& one : all)
        if (one.IsMap() && text(one, "name") == name) {
          const auto found = one[member];
          if (found.IsDefined() && found.IsMap()) return found;
          return complain(one, member, "a map is wanted under the name " + excerpt(name)), none;
        }
    return complain(root, list, "none has the name " + excerpt(name)), none;
  }
  void refuse(const YAML::Node& in, std::initializer_list<std::array<const char*, 2>> what) {
    for (const auto& [key, why] : what)
      for (const auto& one : in) {
        if (!one.first.IsScalar() || one.first.Scalar() != key || one.second.IsNull()) continue;
        if (one.second.IsScalar() && one.second.Scalar() == "false") continue;
        complain(one.first, key, why);
      }
  }
  /// `key` names a file, `key`-data holds the text itself and goes before it.
  pem material(const YAML::Node& in, const char* key) {
    pem out;
    const auto data_key = std::string{key} + "-data";
    const auto data = text(in, data_key.c_str());
    auto file = text(in, key);
    if (!data.empty()) {
      auto decoded = from_base64(data);
      if (!decoded || decoded->find("-----BEGIN") == std::string::npos)
        return complain(in[data_key], data_key, "not PEM in base64"), out;
      out.text = secret{*std::move(decoded)};
    } else if (!file.empty()) {
      out.file = path(std::move(file));
    }
    return out;
  }
  std::string path(std::string file) const {
    return file.starts_with('/') || folder_.empty() ? file : folder_ + '/' + file;
  }
  void read_cluster(const YAML::Node& in, access& out) {
    refuse(in, {{"insecure-skip-tls-verify",
                 "a server is always verified: name its authority in certificate-authority"},
                {"proxy-url", "no proxy is used: reach the server directly"},
                {"tls-server-name", "a server is verified by the name in its URL: write that there"}});
    const auto server = text(in, "server");
    auto url = ports::parse_http_url(server);
    if (!url) return complain(in, "server", url.error());
    out.server = *std::move(url);
    out.authorities = material(in, "certificate-authority");
  }
  void read_user(const YAML::Node& in, access& out) {
    constexpr auto plugin =
        "no program is run to fetch credentials: make a token (kubectl create token) and write it as token "
        "or "
        "tokenFile";
    constexpr auto nobody_else = "nobody else is impersonated: give foreshift an account of its own";
    refuse(in, {{"exec", plugin},
                {"auth-provider", plugin},
                {"username", "API servers take no passwords any more: use a token or a client certificate"},
                {"password", "API servers take no passwords any more: use a token or a client certificate"},
                {"as", nobody_else},
                {"as-uid", nobody_else},
                {"as-groups", nobody_else},
                {"as-user-extra", nobody_else}});
    out.certificate = material(in, "client-certificate");
    out.key = material(in, "client-key");
    if (out.certificate.empty() != out.key.empty())
      complain(in, "client-key", "a certificate and its key are given together");
    if (auto file = text(in, "tokenFile"); !file.empty()) out.token_file = path(std::move(file));
    if (auto token = text(in, "token"); !token.empty()) {
      if (!out.server.tls) complain(in["token"], "token", "a token is not sent without TLS: write https://");
      out.token = secret{std::move(token)};
    }
    if (!out.server.tls && (!out.token_file.empty() || !out.certificate.empty()))
      complain(in, "server", "credentials are not sent without TLS: write https://");
  }

  const std::string& source_;
  const std::string& folder_;
  std::optional<diagnostic> fault_;
};

}  // namespace detail

inline result<access, diagnostic> parse_kubeconfig(std::string_view text, const std::string& source,
                                                   const std::string& folder, std::string_view context) {
  if (text.size() > std::size_t{1} << 20)
    return failure{diagnostic{source, 0, "", "longer than 1 MiB: not a kubeconfig"}};
  detail::kubeconfig_reader reader{source, folder};
  try {
    auto out = reader.read(YAML::Load(std::string{text}), context);
    if (!reader.failed()) return out;
    return failure{reader.fault()};
  } catch (const YAML::Exception& e) {  // its message may quote the text
    const auto line = e.mark.is_null() ? 0 : static_cast<std::size_t>(e.mark.line) + 1;
    return failure{diagnostic{source, line, "", "not YAML"}};
  } catch (const std::exception&) {
    return failure{diagnostic{source, 0, "", "not YAML that can be read"}};
  }
}

}  // namespace foreshift::inline FORESHIFT_ABI::kubernetes
