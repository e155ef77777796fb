# shellcheck shell=bash
# The browsers that tests run in, with what drives them. One that cannot be had is named in `missing_browsers`.

has_chromium() { have chromium && have chromedriver; }
has_firefox() { { have firefox || have firefox-esr; } && have geckodriver; }
has_webkit() { have WebKitWebDriver && have Xvfb && have xvfb-run; }

need_chromium() { has_chromium || { apt_install "tests in Chromium" chromium chromium-driver && has_chromium; }; }
need_firefox() {
  have firefox || have firefox-esr || apt_install "tests in Firefox" firefox-esr || return 1
  have geckodriver || need_geckodriver
}
need_webkit() { has_webkit || { apt_install "tests in WebKitGTK" webkit2gtk-driver xvfb xauth && has_webkit; }; }

# Sets `browsers`: those that are here now.
need_browsers() {
  local browser
  browsers=''
  missing_browsers=''
  for browser in chromium firefox webkit; do
    if "need_$browser"; then browsers+="$browser "; else missing_browsers+="$browser "; fi
  done
  # Chromium and WebKit refuse to run as root inside their sandbox.
  if ((EUID == 0)); then export WEBKIT_DISABLE_SANDBOX_THIS_IS_DANGEROUS=1; fi
  export AIO_BROWSERS=$browsers
}
