import { Modal } from 'antd'
import { useTranslation } from 'react-i18next'
import { capOf, keymap, listPlaces, type KeyBinding } from './keymap.ts'

const places = ['everywhere', 'list', 'console', 'meter', 'work', 'lines', 'batches', 'counter', 'sites'] as const

/** What all lists have stands once. */
const isOf = (place: (typeof places)[number], binding: KeyBinding): boolean =>
  place === 'list' ? binding.places === listPlaces : binding.places !== listPlaces && binding.places.includes(place)

/** The keys of the dialog for payments, which has a form of its own. */
const dialogKeys = [
  ['submit', ['Enter']],
  ['quick', ['ArrowUp', 'ArrowDown']],
  ['print', ['p']],
  ['close', ['Escape']],
] as const

export const Keys = ({ keys }: { readonly keys: readonly string[] }) => (
  <>
    {keys.map((key) => (
      <kbd key={key}>{capOf(key)}</kbd>
    ))}
  </>
)

/** What each key does, place by place. */
export const KeyHelp = ({ onClose }: { readonly onClose: () => void }) => {
  const { t } = useTranslation()
  return (
    <Modal open title={t('keys.title')} footer={null} onCancel={onClose} width={680}>
      <div className="key-help">
        {places.map((place) => (
          <section key={place}>
            <h3>{t(`keys.places.${place}`)}</h3>
            <dl>
              {keymap
                .filter((one) => isOf(place, one))
                .map(({ action, keys }) => (
                  <div key={action}>
                    <dt>
                      <Keys keys={keys.length > 2 ? [`${keys[0] ?? ''}–${keys.at(-1) ?? ''}`] : keys} />
                    </dt>
                    <dd>{t(`keys.actions.${action}`)}</dd>
                  </div>
                ))}
            </dl>
          </section>
        ))}
        <section>
          <h3>{t('keys.places.dialog')}</h3>
          <dl>
            {dialogKeys.map(([action, keys]) => (
              <div key={action}>
                <dt>
                  <Keys keys={keys} />
                </dt>
                <dd>{t(`keys.dialog.${action}`)}</dd>
              </div>
            ))}
          </dl>
        </section>
      </div>
    </Modal>
  )
}
