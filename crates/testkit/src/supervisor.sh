# Runs one PostgreSQL cluster for as long as standard input is open.
#
# The test process holds the other end of that pipe. However the process ends, the pipe closes; then
# the server is stopped and everything it wrote is removed. Prints the socket directory when ready.
set -u
bin=$1
place=$2
# A test run that is interrupted interrupts its whole process group, and one that dies while the
# server starts reads no answer: cleaning up must still happen.
trap '' INT TERM HUP PIPE
umask 077
cd / || exit 1
dir=$(mktemp -d "$place/vestibule-postgres.XXXXXX") || exit 1
cluster() {
    "$bin/initdb" --no-sync --no-instructions --auth=trust --username=vestibule --encoding=UTF8 \
        --locale=C --pgdata="$dir/data" "$@" >"$dir/log" 2>&1
}
# An order of words that is not the order of bytes, as most servers have it and SQLite does not: a
# statement that orders by such a text is found out. Servers before version 15 cannot.
if ! cluster --locale-provider=icu --icu-locale=en-US && ! cluster; then
    cat "$dir/log"
    rm -rf "$dir"
    exit 1
fi
cat >>"$dir/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$dir'
max_connections = 400
fsync = off
synchronous_commit = off
full_page_writes = off
shared_buffers = 32MB
dynamic_shared_memory_type = mmap
wal_level = minimal
max_wal_senders = 0
autovacuum = off
CONF
"$bin/postgres" -D "$dir/data" -p 5432 </dev/null >>"$dir/log" 2>&1 &
server=$!
tries=0
# The server's own note of its state; asking it would need a program that not every package has.
until grep -q '^ready' "$dir/data/postmaster.pid" 2>/dev/null; do
    tries=$((tries + 1))
    if [ "$tries" -gt 3000 ] || ! kill -0 "$server" 2>/dev/null; then
        cat "$dir/log"
        kill -QUIT "$server" 2>/dev/null
        wait "$server"
        rm -rf "$dir"
        exit 1
    fi
    sleep 0.02
done
echo "ready $dir"
cat >/dev/null
kill -QUIT "$server"
wait "$server"
rm -rf "$dir"
