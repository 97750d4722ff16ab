/** Sites that somebody answers for: those of a branch (供电所), or null for all there are. */
export type Reach = readonly number[] | null

/** Whether everything of these sites is within reach. What belongs to no site is for whoever reaches all. */
export const reaches = (reach: Reach, sites: readonly number[]): boolean =>
  reach === null || (sites.length > 0 && sites.every((site) => reach.includes(site)))
