import type { AsideApis } from '../../src/aws/aside.ts'
import type { LogGroup } from '../../src/aws/log-groups.ts'
import type { RoleState } from '../../src/aws/roles.ts'

export interface FakeAside extends AsideApis {
  readonly functionTags: Map<string, Readonly<Record<string, string>>>
  readonly reserved: Map<string, number>
  readonly signing: Map<string, string>
  readonly logGroups: Map<string, LogGroup>
  readonly roles: Map<string, RoleState & { policy?: string; readonly trust: string }>
}

/** What a function has beside its versions, in memory. @param calls gets each call as one line */
export function fakeAside(calls: string[]): FakeAside {
  const functionTags: FakeAside['functionTags'] = new Map()
  const reserved: FakeAside['reserved'] = new Map()
  const signing: FakeAside['signing'] = new Map()
  const logGroups: FakeAside['logGroups'] = new Map()
  const roles: FakeAside['roles'] = new Map()
  function call<T>(line: string, effect: () => T): Promise<T> {
    calls.push(line)
    return Promise.resolve(effect())
  }
  function setOrDelete<V>(map: Map<string, V>, name: string, value: V | undefined): void {
    if (value === undefined) map.delete(name)
    else map.set(name, value)
  }
  return {
    functionTags,
    reserved,
    signing,
    logGroups,
    roles,
    tags: {
      get: (name) => call(`getTags ${name}`, () => functionTags.get(name) ?? {}),
      add: (arn, tags) =>
        call(`addTags ${Object.keys(tags).join(',')}`, () => {
          const name = arn.split(':')[6] ?? ''
          functionTags.set(name, { ...functionTags.get(name), ...tags })
        }),
    },
    reservedConcurrency: {
      get: (name) => call(`getConcurrency ${name}`, () => reserved.get(name)),
      set: (name, number) =>
        call(`setConcurrency ${number ?? 'none'}`, () => {
          setOrDelete(reserved, name, number)
        }),
    },
    codeSigning: {
      get: (name) => call(`getCodeSigning ${name}`, () => signing.get(name)),
      set: (name, arn) =>
        call(`setCodeSigning ${arn ?? 'none'}`, () => {
          setOrDelete(signing, name, arn)
        }),
    },
    openLogGroups: () =>
      Promise.resolve({
        find: (name) => call(`findLogGroup ${name}`, () => logGroups.get(name)),
        create: (name) =>
          call(`createLogGroup ${name}`, () => {
            const isNew = !logGroups.has(name)
            logGroups.set(name, { name, retentionDays: undefined })
            return isNew
          }),
        addTags: (name) => call(`tagLogGroup ${name}`, () => undefined),
        setRetention: (name, retentionDays) =>
          call(`setRetention ${name} ${retentionDays ?? 'never'}`, () => {
            logGroups.set(name, { name, retentionDays })
          }),
      }),
    openRoles: () =>
      Promise.resolve({
        region: () => Promise.resolve('eu-west-1'),
        get: (name) => call(`getRole ${name}`, () => roles.get(name)),
        getPolicy: (name) => call(`getRolePolicy ${name}`, () => roles.get(name)?.policy),
        create: (name, trust, { boundary }) =>
          call(`createRole ${name}`, () => {
            const arn = `arn:aws:iam::123456789012:role/${name}`
            const role = roles.get(name) ?? { arn, isOurs: true, trust, boundary }
            roles.set(name, role)
            return role
          }),
        setBoundary: (name, boundary) =>
          call(`setBoundary ${name} ${boundary}`, () => {
            const role = roles.get(name)
            if (role) roles.set(name, { ...role, boundary })
          }),
        putPolicy: (name, policy) =>
          call(`putRolePolicy ${name}`, () => {
            const role = roles.get(name)
            if (role) roles.set(name, { ...role, policy })
          }),
      }),
    readAccount: () => Promise.resolve('123456789012'),
  }
}
