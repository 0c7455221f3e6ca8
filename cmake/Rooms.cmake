# One folder, one static library, one namespace. A room may include only itself and the rooms it USES.

option(LINKSPAN_SANITIZE "Build with AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(LINKSPAN_FUZZ "Build the fuzz targets with libFuzzer (clang)" OFF)
option(LINKSPAN_BENCH "Build the benchmarks" OFF)

add_library(linkspan_options INTERFACE)
target_include_directories(linkspan_options INTERFACE ${PROJECT_SOURCE_DIR})
target_compile_definitions(linkspan_options INTERFACE _GNU_SOURCE LINKSPAN_VERSION="${PROJECT_VERSION}")
target_compile_options(linkspan_options INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wcast-align -Wvla -Wnon-virtual-dtor -Werror=return-type)
if(LINKSPAN_WERROR)
  target_compile_options(linkspan_options INTERFACE -Werror)
endif()
# GCC 12 at -O2 sees uninitialised members in moved-from std::variant and std::optional; the sanitizers see none.
target_compile_options(linkspan_options INTERFACE $<$<AND:$<CONFIG:RelWithDebInfo>,$<CXX_COMPILER_ID:GNU>>:-Wno-maybe-uninitialized>)
# What is packaged runs as root: fortified, bound at start, and without the path of the machine it was built on.
add_library(linkspan_hardened INTERFACE)
target_compile_options(linkspan_hardened INTERFACE
  "$<$<CONFIG:RelWithDebInfo>:-fstack-protector-strong;-U_FORTIFY_SOURCE;-D_FORTIFY_SOURCE=2;-ffile-prefix-map=${PROJECT_SOURCE_DIR}=.>")
target_link_options(linkspan_hardened INTERFACE "$<$<CONFIG:RelWithDebInfo>:-Wl,-z,relro,-z,now>")
if(LINKSPAN_SANITIZE)
  target_compile_options(linkspan_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(linkspan_options INTERFACE -fsanitize=address,undefined)
endif()
if(LINKSPAN_FUZZ)
  target_compile_options(linkspan_options INTERFACE -fsanitize=fuzzer-no-link)
endif()

# linkspan_room(NAME USES room... LIBRARIES target...): all .cpp of the folder but main.cpp.
function(linkspan_room name)
  cmake_parse_arguments(ROOM "" "" "USES;LIBRARIES" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")
  add_library(${name} STATIC ${sources})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE CXX PREFIX "liblinkspan_")
  list(TRANSFORM ROOM_USES REPLACE "(.+)" "\\1")
  target_link_libraries(${name} PUBLIC linkspan_options ${ROOM_USES} PRIVATE linkspan_hardened ${ROOM_LIBRARIES})
  set_property(GLOBAL APPEND PROPERTY LINKSPAN_ROOMS "${name}:${ROOM_USES}")
endfunction()

# linkspan_program(NAME ROOM room INSTALL dir): room/main.cpp.
function(linkspan_program name)
  cmake_parse_arguments(PROGRAM "" "ROOM;INSTALL" "" ${ARGN})
  add_executable(${name} ${PROJECT_SOURCE_DIR}/${PROGRAM_ROOM}/main.cpp)
  target_link_libraries(${name} PRIVATE linkspan_hardened ${PROGRAM_ROOM} ${PROGRAM_LIBRARIES})
  install(TARGETS ${name} DESTINATION ${PROGRAM_INSTALL})
endfunction()
