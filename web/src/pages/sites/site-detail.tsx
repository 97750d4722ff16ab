import {
  changeInstallation,
  changeSite,
  freezeTrips,
  readInstallation,
  readSite,
  type SettingChange,
  type SiteRow,
  type TripGuard,
} from '@xianfu/contract'
import { Alert, Button, Descriptions } from 'antd'
import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import { call } from '../../app/call.ts'
import { ReleaseDialog } from '../../app/guard-banner.tsx'
import { useSite } from '../../app/site.ts'
import { formatInstant } from '../../format/time.ts'
import { guardsKey, installationKey, siteKey, sitesKey } from '../../live/query-keys.ts'
import { useRead } from '../../live/use-read.ts'
import { DeedDialog, type Deed } from '../../parts/deed-dialog.tsx'
import { Problem } from '../../parts/problem.tsx'
import type { Words } from '../../words/zh.ts'
import { SettingDialog } from './setting-dialog.tsx'
import type { AnySettings } from './setting-draft.ts'
import { settingGroups, useSettingWords } from './setting-words.tsx'

type Props = Readonly<{ editing: boolean; onEdit: () => void; onDone: () => void }>

/** One site: whether its trips are frozen, what it is set to, and who has changed what and why. */
export const SiteDetail = ({ siteId, editing, onEdit, onDone }: Props & Readonly<{ siteId: number }>) => {
  const { t } = useTranslation()
  const read = async () => call(readSite, { params: { id: siteId } })
  const { data, error, again } = useRead(siteKey(siteId), read)
  if (error !== null && data === undefined) return <Problem error={error} onRetry={again} />
  if (data === undefined) return <aside className="item small">{t('site.reading')}</aside>
  const { name, settings, ranges, withPassword, version, history, trips } = data
  return (
    <aside className="item" aria-label={name}>
      <Head name={name} onEdit={onEdit} />
      <Guard row={data} />
      <Trips trips={trips} />
      <Settings settings={settings} />
      <History history={history} />
      {editing && (
        <SettingDialog
          title={t('site.editTitle', { site: name })}
          settings={settings}
          ranges={ranges}
          withPassword={withPassword}
          save={async (saving) => call(changeSite, { params: { id: siteId }, body: { version, ...saving } })}
          onClose={onDone}
        />
      )}
    </aside>
  )
}

/** What holds over all sites. */
export const InstallationDetail = ({ editing, onEdit, onDone }: Props) => {
  const { t } = useTranslation()
  const { data, error, again } = useRead(installationKey, async () => call(readInstallation))
  if (error !== null && data === undefined) return <Problem error={error} onRetry={again} />
  if (data === undefined) return <aside className="item small">{t('site.reading')}</aside>
  const { settings, ranges, withPassword, version, history, trips } = data
  return (
    <aside className="item" aria-label={t('site.all')}>
      <Head name={t('site.all')} onEdit={onEdit} />
      <p className="small">{t('site.allHint')}</p>
      <Trips trips={trips} />
      <Settings settings={settings} />
      <History history={history} />
      {editing && (
        <SettingDialog
          title={t('site.editTitle', { site: t('site.all') })}
          settings={settings}
          ranges={ranges}
          withPassword={withPassword}
          save={async (saving) => call(changeInstallation, { body: { version, ...saving } })}
          onClose={onDone}
        />
      )}
    </aside>
  )
}

/** Frozen or not, and the deed that changes it, of this site alone. */
const Guard = ({ row }: { readonly row: SiteRow }) => {
  const { t } = useTranslation()
  const { system, operator } = useSite()
  const [releasing, setReleasing] = useState(false)
  const [deed, setDeed] = useState<Deed | null>(null)
  const { id, name, frozen, trips } = row
  const may = operator.permissions.includes('control-trip')
  const guard: TripGuard = {
    site: { id, name },
    frozen,
    sentToday: trips.sentToday,
    mostToday: trips.mostToday ?? 0,
    sentThisHour: trips.sentThisHour,
    mostPerHour: null,
    mostPerMinute: 0,
  }
  const freeze = (): void =>
    setDeed({
      title: t('site.freezeTitle', { site: name }),
      ok: t('site.freeze'),
      danger: true,
      fields: [{ name: 'reason', label: t('site.reason'), kind: 'text' }],
      send: async ({ reason = '' }) => call(freezeTrips, { params: { id }, body: { reason } }),
      touches: [guardsKey, sitesKey],
    })
  return (
    <>
      <Alert
        type={frozen === null ? 'success' : 'warning'}
        showIcon
        title={
          frozen === null
            ? t('site.tripsFree')
            : t('site.tripsFrozen', {
                because: t(`guard.because.${frozen.because}`),
                at: formatInstant(frozen.at, system.timeZone, 'minute'),
              })
        }
        action={
          may &&
          (frozen === null ? (
            <Button size="small" onClick={freeze}>
              {t('site.freeze')}
            </Button>
          ) : (
            <Button size="small" onClick={() => setReleasing(true)}>
              {t('guard.release')}
            </Button>
          ))
        }
      />
      {releasing && <ReleaseDialog guard={guard} onClose={() => setReleasing(false)} />}
      {deed !== null && <DeedDialog deed={deed} onClose={() => setDeed(null)} />}
    </>
  )
}

const Trips = ({ trips: { sentToday, mostToday, sentThisHour, mostUsual } }: { readonly trips: SiteRow['trips'] }) => {
  const { t } = useTranslation()
  const of = mostToday === null ? t('site.noLimit') : String(mostToday)
  return (
    <p className="small">
      {t('site.trips', { hour: sentThisHour, today: sentToday, most: of })}
      {mostUsual !== null && ` · ${t('site.usual', { most: mostUsual })}`}
    </p>
  )
}

const Head = ({ name, onEdit }: { readonly name: string; readonly onEdit: () => void }) => {
  const { t } = useTranslation()
  const { operator } = useSite()
  return (
    <div className="head">
      <h2>{name}</h2>
      {operator.permissions.includes('set-site') && (
        <Button size="small" aria-keyshortcuts="e" onClick={onEdit}>
          {t('site.edit')} <kbd>E</kbd>
        </Button>
      )}
    </div>
  )
}

const Settings = ({ settings }: { readonly settings: AnySettings }) => {
  const { t } = useTranslation()
  const words = useSettingWords()
  return settingGroups.map(([group, members]) => {
    const shown = members.filter((name) => name in settings)
    if (shown.length === 0) return null
    return (
      <section key={group}>
        <h3>{t(`siteGroup.${group}`)}</h3>
        <Descriptions
          size="small"
          column={1}
          items={shown.map((name) => ({
            key: name,
            label: words.name(name),
            children: words.value(name, settings[name]),
          }))}
        />
      </section>
    )
  })
}

const History = ({ history }: { readonly history: readonly SettingChange[] }) => {
  const { t, i18n } = useTranslation()
  const words = useSettingWords()
  const { system } = useSite()
  const deedWords = (action: string): string => {
    const key = action.replace(':', '-')
    return i18n.exists(`siteDeed.${key}`) ? t(`siteDeed.${key as keyof Words['siteDeed']}`) : action
  }
  return (
    <section>
      <h3>{t('site.history')}</h3>
      {history.length === 0 && <p className="small">{t('site.noHistory')}</p>}
      <ul className="history">
        {history.map(({ at, by, reason, action, changes }, index) => (
          // Two people may change something in the same moment.
          // oxlint-disable-next-line react/no-array-index-key
          <li key={`${String(at)} ${String(index)}`}>
            <span className="small number">{formatInstant(at, system.timeZone, 'minute')}</span>{' '}
            {by?.name ?? t('site.byCommandLine')}
            {action !== 'settings' && ` · ${deedWords(action)}`}
            {reason !== null && ` · ${reason}`}
            {changes.map(({ name, before, after }) => (
              <div key={name} className="change">
                {words.name(name)}: {action === 'settings' && <del>{words.value(name, before)}</del>}{' '}
                <ins>{words.value(name, after)}</ins>
              </div>
            ))}
          </li>
        ))}
      </ul>
    </section>
  )
}
