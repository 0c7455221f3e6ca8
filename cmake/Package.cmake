# The deb and the rpm, made from the install rules. Only what differs between the two is said here.

set(CPACK_PACKAGE_NAME ${PROJECT_NAME})
set(CPACK_PACKAGE_VENDOR "linkspan")
set(CPACK_PACKAGE_CONTACT "linkspan maintainers <maintainers@linkspan.example>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "site-to-cloud IPsec gateway that keeps the kernel as the file says")
set(CPACK_PACKAGE_DESCRIPTION
"linkspand reads TOML files and makes the Linux kernel match them: tunnel
interfaces, IPsec policies, routes and the TCP segment size, and drives
strongSwan for IKE. What changes behind its back is repaired; what is not
its own is left alone. The linkspan command checks, plans, applies and
shows.")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_VERBATIM_VARIABLES ON)
set(scripts ${PROJECT_SOURCE_DIR}/packaging)

set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_SECTION net)
set(CPACK_DEBIAN_PACKAGE_PRIORITY optional)
set(CPACK_DEBIAN_PACKAGE_SHLIBDEPS ON)
# vici comes with swanctl's package; AES-GCM and OpenSSL's curves with the standard plugins.
set(CPACK_DEBIAN_PACKAGE_DEPENDS "charon-systemd, strongswan-swanctl, libstrongswan-standard-plugins")
# curl: OCSP and revocation lists from where certificates say they are. ha: the SAs of a pair.
set(CPACK_DEBIAN_PACKAGE_RECOMMENDS "libstrongswan-extra-plugins, libcharon-extra-plugins")
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)
set(CPACK_DEBIAN_PACKAGE_CONTROL_EXTRA ${scripts}/deb/postinst ${scripts}/deb/prerm ${scripts}/deb/postrm)

set(CPACK_RPM_FILE_NAME RPM-DEFAULT)
set(CPACK_RPM_PACKAGE_LICENSE GPL-2.0-or-later)
set(CPACK_RPM_PACKAGE_GROUP System/Daemons)
set(CPACK_RPM_PACKAGE_REQUIRES strongswan)
set(CPACK_RPM_POST_INSTALL_SCRIPT_FILE ${scripts}/rpm/post)
set(CPACK_RPM_PRE_UNINSTALL_SCRIPT_FILE ${scripts}/rpm/preun)
set(CPACK_RPM_POST_UNINSTALL_SCRIPT_FILE ${scripts}/rpm/postun)
set(CPACK_RPM_SPEC_MORE_DEFINE "%define _build_id_links none")
# Directories of the system, not of this package.
set(CPACK_RPM_EXCLUDE_FROM_AUTO_FILELIST_ADDITION
  /etc /usr/lib/systemd /usr/lib/systemd/system /usr/lib/systemd/networkd.conf.d /usr/lib/tmpfiles.d /usr/libexec /usr/sbin
  /usr/share/dbus-1 /usr/share/dbus-1/interfaces /usr/share/dbus-1/system.d
  /usr/share/bash-completion /usr/share/bash-completion/completions
  /usr/share/man /usr/share/man/man5 /usr/share/man/man8)

include(CPack)
