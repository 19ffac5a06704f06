#pragma once
/// @file
/// Whom a client trusts and who it is, made from files; and what to say when that fails.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/adapters/http/options.hpp>
#include <foreshift/core/result.hpp>

#include <openssl/x509.h>

#include <cstdio>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace foreshift::inline FORESHIFT_ABI::http {

/// Whether it is PEM itself and no file's name.
[[nodiscard]] inline bool is_pem(const std::string& text) {
  return text.find("-----BEGIN") != std::string::npos;
}

/// TLS 1.2 or later with the server verified. The reason of a failure names the file, and shows no PEM.
[[nodiscard]] inline result<std::unique_ptr<net::ssl::context>, std::string> make_tls(
    const tls_files& files) {
  auto made = std::make_unique<net::ssl::context>(net::ssl::context::tls_client);
  SSL_CTX_set_min_proto_version(made->native_handle(), TLS1_2_VERSION);
  error_code error;
  made->set_verify_mode(net::ssl::verify_peer, error);
  if (files.authorities.empty())
    made->set_default_verify_paths(error);
  else if (is_pem(files.authorities))
    made->add_certificate_authority(net::buffer(files.authorities), error);
  else
    made->load_verify_file(files.authorities, error);
  const auto named = [](const std::string& file) {
    return is_pem(file) ? std::string{"PEM as given"} : file;
  };
  if (error)
    return failure{"the trusted authorities cannot be read: " + named(files.authorities) + ": " +
                   error.message()};
  if (files.certificate.empty() != files.key.empty())
    return failure{std::string{"a certificate and its key are given together"}};
  if (!files.certificate.empty()) {
    if (is_pem(files.certificate))
      made->use_certificate_chain(net::buffer(files.certificate), error);
    else
      made->use_certificate_chain_file(files.certificate, error);
    if (error)
      return failure{"the certificate cannot be read: " + named(files.certificate) + ": " + error.message()};
    if (is_pem(files.key))
      made->use_private_key(net::buffer(files.key), net::ssl::context::pem, error);
    else
      made->use_private_key_file(files.key, net::ssl::context::pem, error);
    if (error)
      return failure{"the key cannot be read or is not that of the certificate: " + named(files.key) + ": " +
                     error.message()};
  }
  return made;
}

/// A stream that will verify that its server is `host`, and names it, so that a server of many names finds
/// the right certificate.
[[nodiscard]] inline std::unique_ptr<tls_stream> make_stream(plain_socket socket, net::ssl::context& tls,
                                                             const std::string& host) {
  auto made = std::make_unique<tls_stream>(std::move(socket), tls);
  error_code not_an_address, ignored;
  net::ip::make_address(host, not_an_address);
  if (not_an_address) SSL_set_tlsext_host_name(made->native_handle(), host.c_str());
  made->set_verify_callback(net::ssl::host_name_verification(host), ignored);
  return made;
}

/// Why the server has ended the connection, where it wants a certificate of ours and does not get one that it
/// takes; nothing where that is not the reason. It says so in the handshake, by TLS 1.3 after it.
/// @param file of our certificate, as in `tls_files`
[[nodiscard]] inline std::optional<std::string> explain_refusal(tls_stream& stream, const error_code& error,
                                                                const std::string& file);

/// Why a handshake failed. OpenSSL's own word for a bad certificate does not say what is bad about it.
/// @param file of our certificate, as in `tls_files`
[[nodiscard]] inline std::string explain_handshake(tls_stream& stream, const error_code& error,
                                                   const std::string& host, const std::string& file) {
  const long verified = SSL_get_verify_result(stream.native_handle());
  if (verified == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
      verified == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT || verified == X509_V_ERR_CERT_SIGNATURE_FAILURE ||
      verified == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
    return "no trusted authority has signed the server's certificate: name the file of the one that did";
  if (verified == X509_V_ERR_UNSPECIFIED)  // what is left when the name was refused, and nothing else
    return "the server's certificate is not one of " + host + ": call it by a name that stands in it";
  if (verified == X509_V_ERR_CERT_HAS_EXPIRED)
    return "the server's certificate has expired: it needs a new one, if the clock is right here";
  if (verified != X509_V_OK)
    return std::string{"the server's certificate is not accepted: "} +
           X509_verify_cert_error_string(verified);
  if (auto refused = explain_refusal(stream, error, file)) return *std::move(refused);
  return "no TLS with the server: " + error.message();
}

namespace detail {

/// Whether the server has complained of a certificate: RFC 8446, section 6.2. @param shown it has one of ours
[[nodiscard]] inline bool is_certificate_alert(const error_code& error, bool shown) {
  if (error.category() != net::error::get_ssl_category()) return false;
  switch (ERR_GET_REASON(static_cast<unsigned long>(error.value())) - SSL_AD_REASON_OFFSET) {
    case SSL_AD_BAD_CERTIFICATE:
    case SSL_AD_UNSUPPORTED_CERTIFICATE:
    case SSL_AD_CERTIFICATE_REVOKED:
    case SSL_AD_CERTIFICATE_EXPIRED:
    case SSL_AD_CERTIFICATE_UNKNOWN:
    case SSL_AD_UNKNOWN_CA:
    case TLS13_AD_CERTIFICATE_REQUIRED:
      return true;
    case SSL_AD_DECRYPT_ERROR:  // signed by another key of an authority of that name
      return shown;
    default:
      return false;
  }
}
[[nodiscard]] inline std::string day_of(const ASN1_TIME* time) {
  std::tm at{};
  char text[40] = "a day that cannot be read";
  if (ASN1_TIME_to_tm(time, &at) == 1)
    std::snprintf(text, sizeof text, "%04d-%02d-%02d", at.tm_year + 1900, at.tm_mon + 1, at.tm_mday);
  return text;
}

}  // namespace detail

inline std::optional<std::string> explain_refusal(tls_stream& stream, const error_code& error,
                                                  const std::string& file) {
  const X509* const own = SSL_get_certificate(stream.native_handle());
  if (!detail::is_certificate_alert(error, own != nullptr)) return std::nullopt;
  if (own == nullptr)
    return "the server wants to see a certificate of ours: give one, with its key, that it trusts";
  const std::string name = "our certificate" + (is_pem(file) ? std::string{} : " " + file);
  if (X509_cmp_current_time(X509_get0_notAfter(own)) < 0)
    return name + " has expired on " + detail::day_of(X509_get0_notAfter(own)) + ": give a new one";
  if (X509_cmp_current_time(X509_get0_notBefore(own)) > 0)
    return name + " is valid from " + detail::day_of(X509_get0_notBefore(own)) +
           " on: wait, or set the clock right";
  return "the server does not take " + name + " (" + error.message() +
         "): give one that is for clients and signed by an authority that it trusts";
}

}  // namespace foreshift::inline FORESHIFT_ABI::http
