# One word per job; CMake presets do the work. `make help` lists the words.

.DEFAULT_GOAL := build
MAKEFLAGS += --no-print-directory

TIME ?= 60
launcher := $(if $(shell command -v ccache),-DCMAKE_CXX_COMPILER_LAUNCHER=ccache)
configure = cmake --preset $(1) $(launcher) --log-level=WARNING
compile = $(call configure,$(1)) && cmake --build --preset $(1)
ctest = ctest --test-dir build/$(1) --output-on-failure --no-tests=error --parallel $(shell nproc)
pack = cpack -G $(1) --config build/release/CPackConfig.cmake -B build/release/packages

.PHONY: help deps build tested dev check test demo bench deb rpm fuzz format tidy asan soak test-debian13 clean

help: ## list these words
	@sed -n 's/^\([a-z0-9-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 16

deps: ## install what building and testing need (root)
	@packaging/install-deps packaging/build-deps.txt packaging/test-deps.txt
	@tests/lab/fetch-kernel 6.1

build: ## build what is packaged, into build/release
	@$(call compile,release) --target linkspand linkspan documents

tested: ## build what is packaged and its tests, into build/release
	@$(call compile,release) --target tested

dev:
	@$(call compile,dev)

check: dev ## run what needs neither root nor a kernel of its own
	@$(call ctest,dev) --label-regex '^(unit|check|fuzz)$$'

test: deps ## build and run every test, guests included (root)
	@tests/all

demo: deps build ## show the main job: a tunnel to a plain strongSwan, and the promises (root)
	@tests/lab/demo

bench: deps ## measure, each figure beside the tool a person would use instead (root)
	@packaging/install-deps packaging/bench-deps.txt
	@$(call compile,release)
	@bench/run

deb: ## build the Debian package
	@packaging/install-deps packaging/build-deps.txt
	@$(MAKE) build
	@$(call pack,DEB)

rpm: ## build the RPM package
	@packaging/install-deps packaging/build-deps.txt packaging/test-deps.txt
	@$(MAKE) build
	@$(call pack,RPM)

fuzz: ## fuzz every target for TIME=60 seconds
	@packaging/install-deps packaging/build-deps.txt packaging/clang-deps.txt
	@$(call compile,fuzz)
	@tests/fuzz/run build/fuzz $(TIME)

format: ## format the sources in place
	@packaging/install-deps packaging/clang-deps.txt
	@git ls-files '*.h' '*.cpp' | xargs clang-format-19 -i

tidy: ## clang-tidy over all sources; a warning is an error
	@packaging/install-deps packaging/build-deps.txt packaging/clang-deps.txt
	@$(call configure,dev)
	@git ls-files '*.cpp' ':!bench' ':!tests/fuzz' \
	  | xargs --max-args=1 --max-procs=$(shell nproc) clang-tidy-19 -p build/dev --quiet --warnings-as-errors='*'

asan: deps ## unit, contract and fuzz replay tests under ASan and UBSan
	@$(call compile,asan)
	@$(call ctest,asan) --label-regex '^(unit|contract|fuzz)$$'

soak: deps build ## let the lab change, cut and kill things for a long time (root)
	@LINKSPAN_BUILD=$(CURDIR)/build/release tests/lab/run --soak

test-debian13: ## build, unit-test and install in a Debian 13 tree under build/ (root)
	@packaging/test-debian13

clean: ## remove everything that was built
	@rm -rf build
