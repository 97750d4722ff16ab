import type { MeterDetail } from '@xianfu/contract'
import { Card, Descriptions, Tag } from 'antd'
import { useTranslation } from 'react-i18next'
import { useSite } from '../../app/site.ts'
import { kilowattHours, kilowatts, roundDecimal } from '../../format/decimal.ts'
import { formatInstant } from '../../format/time.ts'
import { Flash } from '../../parts/flash.tsx'

type Values = readonly (string | null)[]
const phaseNames = ['A', 'B', 'C'] as const

/** What the meter itself says: register, power, and, when a person has asked, voltages and currents. */
export const MeasuredPanel = ({ meter }: { readonly meter: MeterDetail }) => {
  const { t } = useTranslation()
  const { system } = useSite()
  const { lastReading, instantaneous, powerMilliwatts, gateway } = meter
  return (
    <Card size="small" title={t('meter.measured')}>
      <Descriptions
        size="small"
        column={1}
        items={[
          { key: 'address', label: t('meter.address'), children: <span className="number">{meter.address}</span> },
          {
            key: 'gateway',
            label: t('meter.gateway'),
            children: (
              <Tag color={gateway.online ? 'green' : 'red'}>
                {gateway.code}
                {!gateway.online && ` ${t('table.offline')}`}
              </Tag>
            ),
          },
          {
            key: 'reading',
            label: t('meter.reading'),
            children: lastReading && (
              <Flash value={lastReading.totalWh}>
                <b className="number">{kilowattHours(lastReading.totalWh)}</b> kWh
              </Flash>
            ),
          },
          {
            key: 'power',
            label: t('meter.power'),
            children: powerMilliwatts && (
              <Flash value={powerMilliwatts}>
                <b className="number">{kilowatts(powerMilliwatts)}</b> kW
              </Flash>
            ),
          },
        ]}
      />
      {instantaneous === null ? (
        <p className="small">{t('meter.notMeasured')}</p>
      ) : (
        <>
          <table className="phases">
            <thead>
              <tr>
                <td />
                {phaseNames.map((phase) => (
                  <th key={phase}>{phase}</th>
                ))}
              </tr>
            </thead>
            <tbody>
              <Phases name={`${t('meter.voltage')} V`} values={instantaneous.voltageMillivolts} places={1} />
              <Phases name={`${t('meter.current')} A`} values={instantaneous.currentMilliamperes} places={2} />
            </tbody>
          </table>
          <p className="small">
            {t('meter.measuredAt', { at: formatInstant(instantaneous.at, system.timeZone, 'minute') })}
          </p>
        </>
      )}
    </Card>
  )
}

const Phases = ({
  name,
  values,
  places,
}: {
  readonly name: string
  readonly values: Values
  readonly places: number
}) => (
  <tr>
    <th scope="row">{name}</th>
    {phaseNames.map((phase, index) => {
      const value = values[index] ?? null
      return (
        <td key={phase} className="number">
          {value === null ? '—' : roundDecimal(value, 3, places)}
        </td>
      )
    })}
  </tr>
)
