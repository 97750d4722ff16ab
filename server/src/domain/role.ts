import { approvalOf, type BatchKind } from './batch.ts'

/** Who may do what. The table is data so that it can be shown, checked in one hook, and kept in step with the console. */

export type Permission =
  | 'view'
  | 'top-up'
  | 'control'
  | 'control-trip'
  | 'read-now'
  | 'work'
  | 'sign'
  | 'refund'
  | 'set-site'
export type Role = 'administrator' | 'manager' | 'cashier' | 'field-engineer' | 'auditor'

/** Taking supply away from many, or what protects it, is for whoever may trip. */
export const permissionOfBatch = (kind: BatchKind): Permission =>
  approvalOf[kind] === 'second-person-with-password' ? 'control-trip' : 'control'

const everything: readonly Permission[] = [
  'view',
  'top-up',
  'control',
  'control-trip',
  'read-now',
  'work',
  'sign',
  'refund',
  'set-site',
]

export const permissionsOf: Readonly<Record<Role, readonly Permission[]>> = Object.freeze({
  administrator: everything,
  manager: everything,
  cashier: ['view', 'top-up', 'read-now', 'work'],
  'field-engineer': ['view', 'control', 'read-now', 'work'],
  auditor: ['view'],
})
