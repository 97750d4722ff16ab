/** Makes identifiers. UUIDs of version 7, so that they sort by time; passed in so that tests can repeat a run. */
export type Ids = { uuid(): string }
