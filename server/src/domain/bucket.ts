/** Number of buckets over which accounts are spread; never changed, because every hot row carries its bucket. */
export const bucketCount = 4096

/** FNV-1a over the account number: stable for ever, independent of any one database. */
export const bucketOf = (accountNumber: string): number => {
  let hash = 0x811c9dc5
  for (const byte of new TextEncoder().encode(accountNumber)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0
  return hash % bucketCount
}
