import type { z } from 'zod'

/**
 * One request and its response, declared once: the server validates with it, the web and other programs are typed by
 * it. Path parameters are written `:name`.
 */
export type Route<
  Params extends z.ZodType = z.ZodType,
  Query extends z.ZodType = z.ZodType,
  Body extends z.ZodType = z.ZodType,
  Response extends z.ZodType = z.ZodType,
> = Readonly<{
  method: 'GET' | 'POST' | 'DELETE'
  path: `/api/${string}`
  summary: string
  params: Params
  query: Query
  body: Body
  response: Response
}>

/** Keeps the exact schema types of a declaration. */
export const route = <P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType>(
  declared: Route<P, Q, B, R>,
): Route<P, Q, B, R> => Object.freeze(declared)

export type InputOf<R> =
  R extends Route<infer P, infer Q, infer B> ? { params: z.input<P>; query: z.input<Q>; body: z.input<B> } : never

export type ResponseOf<R> =
  R extends Route<z.ZodType, z.ZodType, z.ZodType, infer Response> ? z.output<Response> : never
