# Sourced by ./test and .ci/run: running one command under a time limit with all its children.

# run_limited SECONDS LOG COMMAND…: its output goes to LOG, its input is empty. Returns the command's status, or 124 after it was ended.
# The command gets a process group of its own, so that nothing it started outlives it.
run_limited() {
  local limit=$1 log=$2 began=$SECONDS next=60 status
  shift 2
  set -m
  "$@" </dev/null >"$log" 2>&1 &
  running=$!
  set +m
  while kill -0 "$running" 2>/dev/null; do
    if [ $((SECONDS - began)) -ge "$limit" ]; then
      end_running
      return 124
    fi
    if [ $((SECONDS - began)) -ge $next ]; then
      echo "    … $next s"
      next=$((next + 60))
    fi
    sleep 0.1
  done
  wait "$running" 2>/dev/null
  status=$?
  # What it left behind ends with it.
  kill -KILL -- "-$running" 2>/dev/null
  running=
  return $status
}

end_running() {
  [ -n "${running:-}" ] || return 0
  kill -TERM -- "-$running" 2>/dev/null
  sleep 1
  kill -KILL -- "-$running" 2>/dev/null
  wait "$running" 2>/dev/null
  running=
}

trap 'end_running; exit 130' INT
trap 'end_running; exit 143' TERM
