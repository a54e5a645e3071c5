/** Numbers of the zip format that both its reader and its writer need. Source: APPNOTE 6.3.10, by section. */
export const LOCAL_HEADER = { signature: 0x04034b50, bytes: 30 } as const // 4.3.7
export const CENTRAL_HEADER = { signature: 0x02014b50, bytes: 46 } as const // 4.3.12
export const END_RECORD = { signature: 0x06054b50, bytes: 22 } as const // 4.3.16
export const ZIP64_LOCATOR = { signature: 0x07064b50, bytes: 20 } as const // 4.3.15
export const ZIP64_END_RECORD = { signature: 0x06064b50, bytes: 56 } as const // 4.3.14
/** 4.5.3: the extra field with the sizes and the offset that do not fit into 32 bits. */
export const ZIP64_EXTRA = 0x0001
export const MAX_16 = 0xffff
export const MAX_32 = 0xffffffff
/** 4.4.5 */
export const STORED = 0
export const DEFLATED = 8
/** 4.4.4: bit 0 is encryption, bit 11 says that names are UTF-8. */
export const ENCRYPTED = 1
export const UTF8_NAMES = 1 << 11
/** 4.4.2.2 */
export const UNIX = 3
