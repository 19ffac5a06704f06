"""Conan 2 recipe: conan create cmake/packaging/conan --build=missing"""

import os
import re

from conan import ConanFile
from conan.tools.build import check_min_cppstd
from conan.tools.files import copy, load


class Foreshift(ConanFile):
    name = "foreshift"
    description = "Shifts workloads between data centres before a failure or an overload happens"
    license = "Apache-2.0"
    topics = ("data-centre", "forecasting", "consensus", "header-only")
    package_type = "header-library"
    settings = "os", "arch", "compiler", "build_type"
    options = {name: [True, False] for name in ("calendar", "docker", "http", "kubernetes", "remotewrite", "sqlite")}
    default_options = {"calendar": False, "docker": False, "http": False, "kubernetes": False, "remotewrite": False,
                       "sqlite": False, "boost/*:header_only": True}
    no_copy_source = True

    @property
    def _tree(self):
        return os.path.join(self.recipe_folder, "..", "..", "..")

    def set_version(self):
        config = load(self, os.path.join(self._tree, "include", "foreshift", "core", "config.hpp"))
        parts = [re.search(rf"FORESHIFT_VERSION_{part} (\d+)", config).group(1) for part in ("MAJOR", "MINOR", "PATCH")]
        self.version = ".".join(parts)

    def export_sources(self):
        copy(self, "include/*", self._tree, self.export_sources_folder)
        copy(self, "share/*", self._tree, self.export_sources_folder)
        copy(self, "LICENSE", self._tree, self.export_sources_folder)

    def requirements(self):
        self.requires("boost/[>=1.74 <2]", transitive_headers=True)
        self.requires("eigen/[>=3.4 <6]", transitive_headers=True)
        self.requires("xtensor/[>=0.24 <1]", transitive_headers=True)
        if self.options.calendar or self.options.docker or self.options.kubernetes:
            self.requires("nlohmann_json/[>=3.10 <4]", transitive_headers=True)
        if self.options.calendar:
            self.requires("libical/[>=3 <4]", transitive_headers=True, transitive_libs=True)
        if self.options.http:
            self.requires("openssl/[>=1.1.1 <4]", transitive_headers=True, transitive_libs=True)
        if self.options.kubernetes:
            self.requires("yaml-cpp/[>=0.7 <1]", transitive_headers=True, transitive_libs=True)
        if self.options.remotewrite:
            self.requires("protozero/[>=1.7 <2]", transitive_headers=True)
            self.requires("snappy/[>=1.1 <2]", transitive_headers=True, transitive_libs=True)
        if self.options.sqlite:
            self.requires("sqlite3/[>=3 <4]", transitive_headers=True, transitive_libs=True)

    def validate(self):
        if self.settings.get_safe("compiler.cppstd"):
            check_min_cppstd(self, 20)

    def package(self):
        copy(self, "LICENSE", self.source_folder, os.path.join(self.package_folder, "licenses"))
        copy(self, "*.hpp", os.path.join(self.source_folder, "include"), os.path.join(self.package_folder, "include"))
        copy(self, "*", os.path.join(self.source_folder, "share"), os.path.join(self.package_folder, "res"))

    def package_id(self):
        self.info.clear()

    def package_info(self):
        self.cpp_info.set_property("cmake_file_name", "foreshift")
        self.cpp_info.set_property("cmake_target_name", "foreshift::all")  # with all adapters
        self._component("core", "foreshift::foreshift", ["boost::headers", "eigen::eigen", "xtensor::xtensor"])
        self._component("asio", "foreshift::asio", ["core"])
        self._component("wal", "foreshift::wal", ["core"])
        self._component("prometheus", "foreshift::prometheus", ["core"])
        if self.options.calendar:
            self._component("calendar", "foreshift::calendar", ["core", "libical::libical", "nlohmann_json::nlohmann_json"])
        if self.options.docker:
            self._component("docker", "foreshift::docker", ["core", "nlohmann_json::nlohmann_json"])
        if self.options.http:
            self._component("http", "foreshift::http", ["core", "openssl::ssl"])
            if self.settings.os in ("Linux", "FreeBSD"):
                self.cpp_info.components["http"].system_libs = ["pthread"]
        if self.options.kubernetes:
            self._component("kubernetes", "foreshift::kubernetes", ["core", "nlohmann_json::nlohmann_json", "yaml-cpp::yaml-cpp"])
        if self.options.remotewrite:
            self._component("remotewrite", "foreshift::remotewrite", ["core", "protozero::protozero", "snappy::snappy"])
        if self.options.sqlite:
            self._component("sqlite", "foreshift::sqlite", ["core", "sqlite3::sqlite3"])
        if self.settings.os in ("Linux", "FreeBSD"):
            self.cpp_info.components["asio"].system_libs = ["pthread"]

    def _component(self, name, target, requires):
        component = self.cpp_info.components[name]
        component.set_property("cmake_target_name", target)
        component.requires = requires
        component.bindirs = []
        component.libdirs = []
