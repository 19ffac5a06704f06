#pragma once
/// @file
/// Whom a client trusts and who it is, made from files; and what to say when that fails.

#include <foreshift/adapters/http/boost_beast.hpp>
#include <foreshift/adapters/http/options.hpp>
#include <foreshift/core/result.hpp>

#include <memory>
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

/// Why a handshake failed. OpenSSL's own word for a bad certificate does not say what is bad about it.
[[nodiscard]] inline std::string explain_handshake(tls_stream& stream, const error_code& error,
                                                   const std::string& host) {
  const long verified = SSL_get_verify_result(stream.native_handle());
  if (verified == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN ||
      verified == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
      verified == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY)
    return "no trusted authority has signed the server's certificate: name the file of the one that did";
  if (verified == X509_V_ERR_UNSPECIFIED)  // what is left when the name was refused, and nothing else
    return "the server's certificate is not one of " + host;
  if (verified != X509_V_OK)
    return std::string{"the server's certificate is not accepted: "} +
           X509_verify_cert_error_string(verified);
  return "no TLS with the server: " + error.message();
}

}  // namespace foreshift::inline FORESHIFT_ABI::http
