# Sourced by the scripts at the root: building under one lock, and knowing when there is nothing to build.
# Expects $root, the repository's folder. Prints nothing on standard output.

cli=$root/artifacts/bin/Dataforts.Cli/release/Dataforts.Cli.dll
cli_stamp=$root/artifacts/cli.stamp
build_lock=$root/artifacts/build.lock

# Whether the built CLI is as new as what it is built from. The stamp's time is when the last good build began. Status
# changes are compared (-cnewer), so a file put back with an old date counts, and so do folders: they change when a file goes.
cli_is_current() {
  [ -f "$cli" ] && [ -f "$cli_stamp" ] &&
    [ -z "$(find "$root/src" "$root"/Directory.* "$root/global.json" "$root/.editorconfig" "$root/eng/BannedSymbols.txt" \
      -cnewer "$cli_stamp" -print -quit 2>&1)" ]
}

need_sdk() {
  command -v dotnet >/dev/null 2>&1 && return
  echo "${0##*/}: the .NET SDK 10 is needed: there is no 'dotnet' on the PATH." >&2
  return 1
}

# Runs a command while no other build of this folder runs. Where there is no flock, a symbolic link that names the owner's process
# is the lock; one whose owner is gone is taken over.
under_build_lock() {
  mkdir -p "$root/artifacts" || return
  if command -v flock >/dev/null 2>&1; then
    (flock 9 && "$@" 9>&-) 9>"$build_lock"
    return
  fi
  until ln -s "$$" "$build_lock.owner" 2>/dev/null; do
    if kill -0 "$(readlink "$build_lock.owner")" 2>/dev/null; then sleep 0.2; else rm -f "$build_lock.owner"; fi
  done
  (
    trap 'rm -f "$build_lock.owner"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    "$@"
  )
}

# dotnet_build LOG PROJECT-OR-SOLUTION: restores and builds in Release. No build server is left behind: it would hold the caller's
# pipes open. The whole output goes to LOG; when the build fails its errors go to standard error.
dotnet_build() {
  local log=$1 status
  local -a options=(-c Release --nologo -v quiet -nodeReuse:false -p:UseSharedCompilation=false)
  [ "${CI:-}" = true ] && options+=(-p:RestoreLockedMode=true)
  DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_CLI_USE_MSBUILD_SERVER=0 MSBUILDTERMINALLOGGER=off \
    dotnet build "$2" "${options[@]}" </dev/null >"$log" 2>&1
  status=$?
  [ $status -eq 0 ] && return
  { grep -E '(error|fatal)' "$log" | sort -u | grep . || cat "$log"; } >&2
  echo "${0##*/}: the build failed; its whole output is in $log" >&2
  return $status
}

# stamped_build if-needed|always PROJECT-OR-SOLUTION
stamped_build() {
  # Another process may have built while this one waited for the lock.
  [ "$1" = if-needed ] && cli_is_current && return
  rm -f "$cli_stamp.new"
  : >"$cli_stamp.new" || return
  dotnet_build "$root/artifacts/build.log" "$2" && mv -f "$cli_stamp.new" "$cli_stamp"
}

build_cli() { under_build_lock stamped_build if-needed "$root/src/Dataforts.Cli/Dataforts.Cli.csproj"; }

build_all() { under_build_lock stamped_build always "$root/Dataforts.slnx"; }
