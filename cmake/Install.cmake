# What a gateway gets, and where. The packages are made from these rules and from nothing else.

set(doc_dir ${CMAKE_INSTALL_DATADIR}/doc/${PROJECT_NAME})
set(share_dir ${CMAKE_INSTALL_DATADIR}/${PROJECT_NAME})
set(etc_dir ${CMAKE_INSTALL_FULL_SYSCONFDIR}/${PROJECT_NAME})
set(systemd_dir lib/systemd)

# The programs are installed by linkspan_program.
install(FILES systemd/linkspand.service systemd/linkspan-ike.service DESTINATION ${systemd_dir}/system)
install(PROGRAMS systemd/end-charon DESTINATION libexec/${PROJECT_NAME})
install(FILES systemd/networkd.conf DESTINATION ${systemd_dir}/networkd.conf.d RENAME 50-linkspan.conf)
install(FILES systemd/tmpfiles.conf DESTINATION lib/tmpfiles.d RENAME linkspan.conf)
install(FILES systemd/strongswan.conf DESTINATION ${share_dir})
install(FILES config/linkspan.schema.json DESTINATION ${share_dir})
install(FILES systemd/org.linkspan.Gateway1.conf DESTINATION ${CMAKE_INSTALL_DATADIR}/dbus-1/system.d)
install(FILES systemd/org.linkspan.Gateway1.xml DESTINATION ${CMAKE_INSTALL_DATADIR}/dbus-1/interfaces)
install(FILES cli/linkspan.bash-completion DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME linkspan)

# Files there may name secrets' places and peers: root's alone to read.
set(private_folder OWNER_READ OWNER_WRITE OWNER_EXECUTE GROUP_READ GROUP_EXECUTE)
install(DIRECTORY DESTINATION ${etc_dir} DIRECTORY_PERMISSIONS ${private_folder})
install(DIRECTORY DESTINATION ${etc_dir}/linkspan.d DIRECTORY_PERMISSIONS ${private_folder})

install(DIRECTORY examples DESTINATION ${doc_dir} FILES_MATCHING PATTERN "*.toml" PATTERN "*.md")
install(FILES README.md docs/architecture.md docs/dbus.md docs/json.md DESTINATION ${doc_dir})
install(FILES packaging/copyright DESTINATION ${doc_dir})

# linkspan_install_compressed(SOURCE DIRECTORY [NAME]): as Debian wants manual pages and changelogs, the same bytes every time.
function(linkspan_install_compressed source directory)
  cmake_path(GET source FILENAME name)
  list(APPEND ARGN ${name})
  list(GET ARGN 0 name)
  set(compressed ${PROJECT_BINARY_DIR}/compressed/${name}.gz)
  add_custom_command(OUTPUT ${compressed} DEPENDS ${source} VERBATIM
    COMMAND sh -c "mkdir -p \"\${2%/*}\" && gzip -9nc \"$1\" > \"$2\"" sh ${source} ${compressed})
  set_property(GLOBAL APPEND PROPERTY LINKSPAN_COMPRESSED ${compressed})
  install(FILES ${compressed} DESTINATION ${directory})
endfunction()

file(GLOB pages CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/docs/man/*.[1-8])
foreach(page ${pages})
  cmake_path(GET page EXTENSION LAST_ONLY section)
  string(SUBSTRING ${section} 1 -1 section)
  linkspan_install_compressed(${page} ${CMAKE_INSTALL_MANDIR}/man${section})
endforeach()
linkspan_install_compressed(${PROJECT_SOURCE_DIR}/CHANGELOG.md ${doc_dir} changelog)

get_property(compressed GLOBAL PROPERTY LINKSPAN_COMPRESSED)
add_custom_target(documents ALL DEPENDS ${compressed})
