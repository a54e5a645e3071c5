import { describe, expect, test } from '@jest/globals'
import { findApplication } from '../../src/settings/discovery.ts'
import { folderWith } from './project-folder.ts'

const manage = (settings: string): string =>
  `import os\nimport sys\n\ndef main():\n    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")\n`
const names = (app: string): string => `DEBUG = False\nWSGI_APPLICATION = "${app}"\n`

async function found(files: Record<string, string>): Promise<string | undefined> {
  return (await findApplication(await folderWith(files)))?.app
}

describe('of a Django project', () => {
  test.each<[string, Record<string, string>, string | undefined]>([
    [
      'what settings name',
      { 'manage.py': manage('mysite.settings'), 'mysite/settings.py': names('mysite.wsgi.application') },
      'mysite.wsgi:application',
    ],
    [
      'a name of its own',
      { 'manage.py': manage('config.settings'), 'config/settings.py': names('config.server.app') },
      'config.server:app',
    ],
    [
      'single quotes',
      { 'manage.py': manage('a.settings').replaceAll('"', "'"), 'a/settings.py': "WSGI_APPLICATION='a.wsgi.app'" },
      'a.wsgi:app',
    ],
    [
      'line ends of Windows',
      {
        'manage.py': manage('a.settings').replaceAll('\n', '\r\n'),
        'a/settings.py': names('a.wsgi.app').replaceAll('\n', '\r\n'),
      },
      'a.wsgi:app',
    ],
    [
      'a type beside it',
      { 'manage.py': manage('a.settings'), 'a/settings.py': 'WSGI_APPLICATION: str = "a.wsgi.app"' },
      'a.wsgi:app',
    ],
    [
      'a variable that is set, not defaulted',
      {
        'manage.py': "import os\nos.environ['DJANGO_SETTINGS_MODULE'] = 'a.settings'\n",
        'a/settings.py': names('a.wsgi.app'),
      },
      'a.wsgi:app',
    ],
    [
      'a settings package',
      { 'manage.py': manage('a.settings'), 'a/settings/__init__.py': names('a.wsgi.app') },
      'a.wsgi:app',
    ],
    [
      'settings of an environment that import a base',
      {
        'manage.py': manage('config.settings.local'),
        'config/settings/local.py': 'from .base import *\n',
        'config/settings/base.py': names('config.wsgi.application'),
      },
      'config.wsgi:application',
    ],
    [
      'settings at the root',
      { 'manage.py': manage('settings'), 'settings.py': names('wsgi.application') },
      'wsgi:application',
    ],
    [
      'a commented one, but the usual module',
      { 'manage.py': manage('a.settings'), 'a/settings.py': '# WSGI_APPLICATION = "b.wsgi.app"\n', 'a/wsgi.py': '' },
      'a.wsgi:application',
    ],
    [
      'no settings, but the usual module',
      { 'manage.py': manage('a.conf'), 'a/wsgi.py': 'application = 1' },
      'a.wsgi:application',
    ],
    ['neither', { 'manage.py': manage('a.settings'), 'a/settings.py': 'DEBUG = True\n' }, undefined],
    ['a manage.py that is not Django’s', { 'manage.py': 'print("hello")\n' }, undefined],
    [
      'Django before a callable at the root',
      { 'manage.py': manage('a.settings'), 'a/settings.py': names('a.wsgi.app'), 'app.py': 'app = 1' },
      'a.wsgi:app',
    ],
    [
      'a manage.py of Flask',
      { 'manage.py': 'from app import app\napp.cli()\n', 'app.py': 'app = Flask(__name__)' },
      'app:app',
    ],
  ])('%s', async (_, files, app) => {
    expect(await found(files)).toBe(app)
  })

  test('says where it was found', async () => {
    const files = { 'manage.py': manage('a.settings.prod'), 'a/settings/base.py': names('a.wsgi.app') }
    expect(await findApplication(await folderWith(files))).toEqual({
      app: 'a.wsgi:app',
      from: 'manage.py → WSGI_APPLICATION in a/settings/base.py',
    })
  })
})

describe('of a module at the root', () => {
  test.each<[string, string, string | undefined]>([
    ['assigned', 'app = Flask(__name__)', 'app'],
    ['assigned with a type', 'app: Flask = Flask(__name__)', 'app'],
    ['named application', 'application = get_wsgi_application()', 'application'],
    ['both: app', 'application = 1\napp = application', 'app'],
    ['imported', 'from shop import app', 'app'],
    ['imported among others', 'from shop import db, app, cache', 'app'],
    ['imported in parentheses', 'from shop import (db, app)', 'app'],
    ['imported under the name', 'from shop import flask_app as app', 'app'],
    ['imported under another name', 'from shop import app as application', 'application'],
    ['imported to be something else', 'from shop import app as _app', undefined],
    ['a WSGI function', 'def app(environ, start_response):\n    return []', 'app'],
    ['a WSGI function named application', 'def application(environ, start_response):\n    return []', 'application'],
    ['a factory', 'def create_app():\n    return Flask(__name__)', 'create_app()'],
    ['a factory with defaults', 'def make_app(config=None):\n    return Flask(__name__)', 'make_app()'],
    ['called factory before the factory', 'def create_app():\n    pass\n\napp = create_app()', 'app'],
    ['only inside a function', 'def run():\n    app = 1', undefined],
    ['only compared', 'app == 1', undefined],
    ['only used', 'app.run()', undefined],
    ['a longer name', 'app_name = 1\nfrom shop import app_factory', undefined],
    ['asynchronous factory', 'async def create_app():\n    pass', undefined],
    ['an empty file', '', undefined],
  ])('%s', async (_, source, attribute) => {
    expect(await found({ 'app.py': `import os\n\n${source}\n` })).toBe(attribute && `app:${attribute}`)
  })

  test.each(['app.py', 'wsgi.py', 'api.py', 'main.py', 'application.py'])('%s is looked at', async (file) => {
    expect(await findApplication(await folderWith({ [file]: 'app = 1\n' }))).toEqual({
      app: `${file.slice(0, -3)}:app`,
      from: file,
    })
  })

  test('the first file that has one wins', async () => {
    expect(await found({ 'app.py': 'x = 1', 'main.py': 'app = 1', 'wsgi.py': 'application = 1' })).toBe(
      'wsgi:application',
    )
  })

  test('nothing there, nothing found', async () => {
    expect(await found({ 'shop/app.py': 'app = 1', 'README.md': 'app = 1' })).toBeUndefined()
  })

  test('a package with a factory, as in the tutorial of Flask', async () => {
    expect(await found({ 'flaskr/__init__.py': 'def create_app():\n    pass' })).toBe('flaskr:create_app()')
  })

  test('of two packages none is taken', async () => {
    const factory = 'def create_app():\n    pass'
    expect(await found({ 'one/__init__.py': factory, 'two/__init__.py': factory })).toBeUndefined()
  })

  test('a file at the root goes before a package', async () => {
    expect(await found({ 'flaskr/__init__.py': 'app = 1', 'wsgi.py': 'app = 1' })).toBe('wsgi:app')
  })
})
