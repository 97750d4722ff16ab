import type { Format } from './format.ts'

/**
 * Who may do what with an identifier: `r` read, `w` write, `rw` both; the figure is the class of parameter on grid
 * meters (1: password level 99, plain with a code of authentication; 2: level 98, ciphered; 3: no password is looked
 * at). Meters without a security chip take all of them with a plain password.
 */
export type Access = 'r' | 'w' | 'rw' | 'rw1' | 'rw2' | 'w2' | 'w3' | 'rw3'

/**
 * One line of a table. Its name is its key; English words follow from the name. `clause` is the table of DL/T 645-2007,
 * appendix A, that lists it, or `SG` for the State Grid extension, and the keys of the sources that agree on it
 * (docs/protocols/dlt645-2007.md); `MEM` marks what no public source confirms.
 */
export type Row = Format & Readonly<{ id: number; zh: string; access: Access; clause: string }>

/** One data identifier with its name and its words. */
export type Item = Row & Readonly<{ name: string; en: string }>

/** The words in a name: `forwardActiveEnergyRate1` is "forward active energy rate 1". */
export const wordsOf = (name: string): string =>
  name
    .replaceAll(/([a-z])([A-Z0-9])/g, '$1 $2')
    .replaceAll(/([0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[A-Z][a-z]/g, (start) => start.toLowerCase())

export const itemOf = (name: string, row: Row): Item => Object.freeze({ ...row, name, en: wordsOf(name) })
