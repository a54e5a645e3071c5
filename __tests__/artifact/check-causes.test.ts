import { expect, test } from '@jest/globals'
import { causeOf } from '../../src/artifact/check-causes.ts'

/** Messages as Python 3.10 to 3.13, glibc 2.26 to 2.36, psycopg, SQLAlchemy and Django write them. */
test.each<[string, string, string | null, RegExp]>([
  [
    'ImportError',
    'libpq.so.5: cannot open shared object file: No such file or directory',
    null,
    /native library is missing/,
  ],
  [
    'ImportError',
    '/var/task/PIL/_imaging.so: cannot open shared object file: No such file or directory',
    null,
    /another processor/,
  ],
  ['ImportError', '/var/task/a.so: wrong ELF class: ELFCLASS32', null, /another processor/],
  ['ImportError', '/var/task/a.so: invalid ELF header', null, /another processor/],
  [
    'ImportError',
    "/lib64/libc.so.6: version `GLIBC_2.33' not found (required by /var/task/_rust.abi3.so)",
    null,
    /newer C library/,
  ],
  [
    'ImportError',
    "/lib64/libstdc++.so.6: version `GLIBCXX_3.4.30' not found (required by /var/task/x.so)",
    null,
    /newer C library/,
  ],
  [
    'ImportError',
    '/var/task/psycopg2/_psycopg.so: undefined symbol: PQencryptPasswordConn',
    null,
    /do not fit each other/,
  ],
  [
    'ModuleNotFoundError',
    "No module named 'pydantic_core._pydantic_core'",
    'pydantic_core._pydantic_core',
    /compiled part of a package/,
  ],
  ['ModuleNotFoundError', "No module named 'requests'", 'requests', /provides requests to the requirements/],
  ['OSError', "[Errno 30] Read-only file system: '/var/task/db.sqlite3'", null, /only \/tmp can be written/],
  ['OperationalError', 'attempt to write a readonly database', null, /only \/tmp can be written/],
  ['PermissionError', "[Errno 13] Permission denied: '/data'", null, /only \/tmp can be written/],
  ['OSError', '[Errno 38] Function not implemented', null, /shared memory/],
  ['gaierror', '[Errno -3] Temporary failure in name resolution', null, /no network and no database/],
  ['ConnectionRefusedError', '[Errno 111] Connection refused', null, /no network and no database/],
  [
    'OperationalError',
    'could not translate host name "db" to address: Name or service not known',
    null,
    /no network and no database/,
  ],
  ['OperationalError', "(2003, \"Can't connect to MySQL server on 'db'\")", null, /no network and no database/],
  [
    'EndpointConnectionError',
    'Could not connect to the endpoint URL: "https://s3…"',
    null,
    /no network and no database/,
  ],
  ['OperationalError', 'no such table: notes_note', null, /no network and no database/],
  ['RouteError', 'shop.jobs has no take_order', null, /setting events/],
  ['KeyError', "'SECRET_KEY'", null, /set it in environment/],
  ['ImproperlyConfigured', 'The SECRET_KEY setting must not be empty.', null, /set it in environment/],
  ['RuntimeError', 'DATABASE_URL is not set', null, /set it in environment/],
])('%s: %s', (type, message, name, hint) => {
  expect(causeOf({ type, message, name, traceback: '' })).toMatch(hint)
})

test.each(['ValueError', 'ZeroDivisionError', 'SyntaxError'])('%s has no common cause', (type) => {
  expect(causeOf({ type, message: 'a message', name: null, traceback: '' })).toBeUndefined()
})
