export { default as componentWords } from 'antd/es/locale/en_US'
export { en as words } from './en.ts'
