import { Tag, Tooltip } from 'antd'
import { useTranslation } from 'react-i18next'
import { percentOf, type Measurements } from './measurement-data.ts'

type Figures = Measurements['figures']
const parts = ['a', 'b', 'c'] as const

/** What the voltages and currents of the span say of the supply. */
export const MeasurementFigures = ({ measurements }: { readonly measurements: Measurements }) => {
  const { t } = useTranslation()
  const { figures, limits, resolution } = measurements
  const volts = (millivolts: number): string => (millivolts / 1_000).toFixed(1)
  return (
    <dl className="figures">
      <div>
        <dt>{t('measurement.qualification')}</dt>
        <dd>
          {figures.qualification === null ? (
            '—'
          ) : (
            <Tag color={figures.qualification === 10_000 ? 'success' : 'warning'}>
              {percentOf(figures.qualification, 'hundredths')} %
            </Tag>
          )}
          <span className="small">
            {limits === null
              ? t('measurement.noLimits')
              : t('measurement.limits', {
                  clause: limits.clause,
                  lowest: volts(limits.lowest),
                  highest: volts(limits.highest),
                })}
          </span>
          <Phases phases={figures.phases} />
        </dd>
      </div>
      <Imbalance
        name={t('measurement.voltageImbalance')}
        words={t('measurement.voltageFormula')}
        of={figures.voltageImbalance}
      />
      <Imbalance
        name={t('measurement.currentImbalance')}
        words={t('measurement.currentFormula')}
        of={figures.currentImbalance}
      />
      <div className="small">
        {t('measurement.count', { count: measurements.measurements })}
        {resolution === 'day' && ` · ${t('measurement.spread')}`}
      </div>
    </dl>
  )
}

/** Phase by phase, where there are several or something is beyond a limit. */
const Phases = ({ phases }: { readonly phases: Figures['phases'] }) => {
  const { t } = useTranslation()
  return parts.map((part) => {
    const phase = phases[part]
    return phase === null ? null : (
      <span key={part} className="small">
        {t(`measurement.part.${part}`)}: {t('measurement.judged', phase)}
      </span>
    )
  })
}

const Imbalance = ({
  name,
  words,
  of,
}: {
  readonly name: string
  readonly words: string
  readonly of: Figures['voltageImbalance']
}) => {
  const { t } = useTranslation()
  if (of === null) return null
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <Tooltip title={words}>
          <span className="number">
            {t('measurement.imbalance', {
              mean: percentOf(of.meanPerMille, 'thousandths'),
              greatest: percentOf(of.greatestPerMille, 'thousandths'),
            })}
          </span>
        </Tooltip>
      </dd>
    </div>
  )
}
