# find_package(tpc) defines the targets tpc::tpc (shared) and tpc::static. Relocatable: paths are relative to this file, which is
# in lib/cmake/tpc under the prefix.
get_filename_component(_tpc_prefix "${CMAKE_CURRENT_LIST_DIR}/../../.." ABSOLUTE)
if(NOT TARGET tpc::tpc)
  add_library(tpc::tpc SHARED IMPORTED)
  set_target_properties(tpc::tpc PROPERTIES
    IMPORTED_LOCATION "${_tpc_prefix}/lib/libtpc.so"
    IMPORTED_SONAME "libtpc.so.0"
    INTERFACE_INCLUDE_DIRECTORIES "${_tpc_prefix}/include")
endif()
if(NOT TARGET tpc::static)
  add_library(tpc::static STATIC IMPORTED)
  set_target_properties(tpc::static PROPERTIES
    IMPORTED_LOCATION "${_tpc_prefix}/lib/libtpc.a"
    INTERFACE_INCLUDE_DIRECTORIES "${_tpc_prefix}/include"
    INTERFACE_LINK_LIBRARIES "curl;jansson;m;pthread")
endif()
unset(_tpc_prefix)
