import { ApiProblem } from './problem.ts'

const dayMs = 86_400_000

/** Days `YYYY-MM-DD` from the first to the last, both included; refuses what is no span of so many days. */
export const checkDays = (first: string, last: string, most: number): void => {
  const days = (Date.parse(`${last}T00:00:00Z`) - Date.parse(`${first}T00:00:00Z`)) / dayMs + 1
  if (!(days >= 1 && days <= most))
    throw new ApiProblem('bad-input', [
      { path: 'last', message: `1–${String(most)} 天 / from the first day on, ${String(most)} days at most` },
    ])
}
