/** Words for what a schema finds wrong, by its code; its own words are English and follow. */
const words: Readonly<Record<string, string>> = Object.freeze({
  invalid_type: '类型不对',
  too_big: '过大或过长',
  too_small: '过小或过短',
  invalid_format: '格式不对',
  not_multiple_of: '须为整倍数',
  unrecognized_keys: '含有不认识的字段',
  invalid_union: '不是所列形式之一',
  invalid_key: '字段名不对',
  invalid_element: '其中一项不对',
  invalid_value: '不是所列值之一',
})
const longestMessage = 300

/** In both languages; what a schema says in both itself stays as it is. */
export const issueWords = (code: string | undefined, message: string): string => {
  const said = message.slice(0, longestMessage)
  return /\p{Script=Han}/u.test(said) ? said : `${words[code ?? ''] ?? '填写有误'} / ${said}`
}
