#pragma once
/// @file
/// An authority and what it signs, made anew for each test.

#include <foreshift/adapters/http/boost_beast.hpp>

#include <doctest/doctest.h>

#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace foreshift {

/// A certificate and its key.
class identity {
 public:
  /// @param by whose key signs; null: its own, as an authority's does @param valid_s seconds from now on
  explicit identity(const std::string& name, const identity* by = nullptr, const char* alternatives = nullptr,
                    long valid_s = 3600)
      : key_(EVP_EC_gen("P-256"), EVP_PKEY_free), certificate_(X509_new(), X509_free) {
    REQUIRE(key_ != nullptr);
    X509* const c = certificate_.get();
    static long serial = 0;
    X509_set_version(c, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(c), ++serial);
    X509_gmtime_adj(X509_getm_notBefore(c), valid_s > 7200 ? 7200 : -3600);
    X509_gmtime_adj(X509_getm_notAfter(c), valid_s);
    X509_set_pubkey(c, key_.get());
    X509_NAME_add_entry_by_txt(X509_get_subject_name(c), "CN", MBSTRING_UTF8,
                               reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
    X509_set_issuer_name(c, X509_get_subject_name(by == nullptr ? c : by->certificate_.get()));
    if (by == nullptr) extend(NID_basic_constraints, "critical,CA:TRUE");
    if (alternatives != nullptr) extend(NID_subject_alt_name, alternatives);
    REQUIRE(X509_sign(c, by == nullptr ? key_.get() : by->key_.get(), EVP_sha256()) > 0);
  }

  void write_certificate(const std::string& path) const {
    const file f{std::fopen(path.c_str(), "wb"), std::fclose};
    REQUIRE(PEM_write_X509(f.get(), certificate_.get()) == 1);
  }
  void write_key(const std::string& path) const {
    const file f{std::fopen(path.c_str(), "wb"), std::fclose};
    REQUIRE(PEM_write_PrivateKey(f.get(), key_.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
  }

 private:
  using file = std::unique_ptr<std::FILE, int (*)(std::FILE*)>;
  void extend(int what, const char* value) {
    X509_EXTENSION* const made = X509V3_EXT_conf_nid(nullptr, nullptr, what, value);
    REQUIRE(made != nullptr);
    X509_add_ext(certificate_.get(), made, -1);
    X509_EXTENSION_free(made);
  }

  std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> key_;
  std::unique_ptr<X509, void (*)(X509*)> certificate_;
};

}  // namespace foreshift
