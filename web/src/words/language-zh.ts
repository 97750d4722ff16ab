export { default as componentWords } from 'antd/es/locale/zh_CN'
export { zh as words } from './zh.ts'
