import type { ProblemCode } from '@xianfu/contract'

type Words = Readonly<{ status: number; en: string; zh: string }>

/** Each refusal: its HTTP status, and what to do, in words. */
export const problemWords: Readonly<Record<ProblemCode, Words>> = Object.freeze({
  'bad-input': {
    status: 400,
    en: 'Some of the input is not as it must be; correct the fields named.',
    zh: '输入有误，请更正所列各项。',
  },
  'not-signed-in': { status: 401, en: 'Sign in first.', zh: '请先登录。' },
  'wrong-sign-in': {
    status: 401,
    en: 'Login or password is wrong. Check both and try again.',
    zh: '用户名或密码错误，请核对后重试。',
  },
  'not-permitted': {
    status: 403,
    en: 'Your role does not permit this. Ask a manager.',
    zh: '您的角色无此权限，请联系主管。',
  },
  'not-found': { status: 404, en: 'There is no such address.', zh: '没有这个地址。' },
  'unknown-meter': {
    status: 404,
    en: 'There is no such meter. Go back to the list and choose one.',
    zh: '没有这块电表，请回到列表重新选择。',
  },
  'unknown-account': {
    status: 404,
    en: 'There is no such account. Go back to the list and choose one.',
    zh: '没有这个账户，请回到列表重新选择。',
  },
  'unknown-statement': {
    status: 404,
    en: 'There is no such statement. Go back to the account and choose one.',
    zh: '没有这张结算单，请回到账户重新选择。',
  },
  'unknown-payment': {
    status: 404,
    en: 'There is no such payment. Go back to the account and choose one.',
    zh: '没有这笔缴费，请回到账户重新选择。',
  },
  'account-closed': {
    status: 409,
    en: 'This account is closed; nothing can be paid to it. Choose the account that is in use.',
    zh: '该账户已销户，不能缴费，请选择在用账户。',
  },
  'unknown-gateway': {
    status: 404,
    en: 'There is no such gateway. Reload the page.',
    zh: '没有这个网关，请刷新页面。',
  },
  'unknown-schedule': {
    status: 404,
    en: 'There is no such rule; a wider one holds already. Reload the page.',
    zh: '没有这条采集规则，上级规则已生效，请刷新页面。',
  },
  'unknown-pause': {
    status: 404,
    en: 'There is no such pause, or it is over. Reload the page.',
    zh: '没有这项暂停，或已结束，请刷新页面。',
  },
  'unknown-site': { status: 404, en: 'There is no such site. Reload the page.', zh: '没有这个小区，请刷新页面。' },
  'meter-without-account': {
    status: 409,
    en: 'This meter has no account; enrol one first.',
    zh: '这块电表没有账户，请先建档。',
  },
  'same-key-other-input': {
    status: 409,
    en: 'This was sent before with other content. Reload the page and begin anew.',
    zh: '该请求已用不同内容提交过，请刷新页面后重新操作。',
  },
  'below-minimum': {
    status: 409,
    en: "This is less than the price plan's least purchase. Nothing was credited; take at least the amount named.",
    zh: '低于电价方案的最低购电金额，未入账，请按不低于所列金额收款。',
  },
  'above-hoard-limit': {
    status: 409,
    en: 'With this the account would hold more than may be bought ahead. Nothing was credited; take less.',
    zh: '购电后余额将超过囤电限额，未入账，请减少金额。',
  },
  'plan-has-no-such-price': {
    status: 409,
    en: 'The price of a kWh depends on when it is used, so energy cannot be bought ahead. Choose an amount.',
    zh: '该电价按时段或计算确定，没有单一电价，不能按电量购电，请按金额购电。',
  },
  'no-usual-day': {
    status: 409,
    en: 'Not a whole day of use is known yet, so days cannot be bought. Choose an amount.',
    zh: '尚无满一天的用电记录，不能按时间购电，请按金额购电。',
  },
  'nothing-to-pay': {
    status: 409,
    en: 'By this price plan that costs nothing. Choose an amount.',
    zh: '按该电价方案应付金额为零，请按金额购电。',
  },
  'price-has-changed': {
    status: 409,
    en: 'The price has changed since it was asked for. Nothing was credited; look at the new amount.',
    zh: '电价或用量已变化，未入账，请核对新的金额。',
  },
  'amount-not-above-zero': {
    status: 409,
    en: 'The amount must be above zero.',
    zh: '金额须大于零。',
  },
  'not-enough-money': {
    status: 409,
    en: 'The account has not that much. Nothing was bought; take a payment first.',
    zh: '账户余额不足，未购电，请先收款。',
  },
  'would-overdraw': {
    status: 409,
    en: 'An account of the ledger would be overdrawn; nothing was moved.',
    zh: '将使会计科目透支，未记账。',
  },
  'not-whole-fen': {
    status: 400,
    en: 'A purse holds whole fen: give at most two decimals.',
    zh: '表内余额以分为单位，金额至多两位小数。',
  },
  'meter-not-of-account': {
    status: 409,
    en: 'This meter does not belong to this account. Reload the page.',
    zh: '这块电表不属于该账户，请刷新页面。',
  },
  'not-local-mode': {
    status: 409,
    en: 'This meter does not keep its own balance. Sign an agreement in local mode first.',
    zh: '该户不是本地费控，请先签订本地费控协议。',
  },
  'purchase-already-open': {
    status: 409,
    en: 'A purchase for this meter is on its way; wait until it has ended.',
    zh: '该电表有购电正在写入，请等待其结束。',
  },
  'purse-disputed': {
    status: 409,
    en: "The meter's count or balance is in question. A person must look first; see the to-do list.",
    zh: '表内购电次数或余额存疑，须先核实，见待办。',
  },
  'does-not-follow': {
    status: 409,
    en: 'The version must begin after the one before it. Choose a later time.',
    zh: '新版本须晚于前一版本生效，请选择更晚的时间。',
  },
  'in-the-past': {
    status: 409,
    en: 'An agreement cannot begin in the past. Choose a later time.',
    zh: '协议不能追溯生效，请选择以后的时间。',
  },
  'thresholds-out-of-order': {
    status: 409,
    en: 'Thresholds must fall: alarm 1, alarm 2, cut-off; restore not below cut-off. Correct them.',
    zh: '门限顺序应为：一级预警 ≥ 二级预警 ≥ 停电，复电 ≥ 停电，请更正。',
  },
  'notice-lead-not-plausible': {
    status: 409,
    en: 'The notice lead must be whole minutes up to thirty days.',
    zh: '通知提前时间须为整数分钟，至多三十天。',
  },
  'trip-window-not-plausible': {
    status: 409,
    en: 'The trip window is no part of a day. Correct it.',
    zh: '允许跳闸时段不正确，请更正。',
  },
  'plan-not-readable': {
    status: 400,
    en: 'The document is no price plan; correct the places named.',
    zh: '该文档不是有效的电价方案，请更正所列各处。',
  },
  'unknown-price-plan': {
    status: 409,
    en: 'There is no price plan of this name.',
    zh: '没有这个名称的电价方案。',
  },
  'no-agreement': {
    status: 409,
    en: 'The account has no agreement yet: plan, contract number and all thresholds must be given.',
    zh: '该户尚无协议：须给出电价方案、合同编号和全部门限。',
  },
  'same-account': {
    status: 409,
    en: 'Both accounts are the same. Choose another.',
    zh: '转出与转入为同一账户，请重新选择。',
  },
  'not-so-much-frozen': {
    status: 409,
    en: 'Not so much is frozen.',
    zh: '冻结金额不足。',
  },
  'not-so-much-owed': {
    status: 409,
    en: 'Not so much is owed.',
    zh: '欠费没有这么多。',
  },
  'money-is-frozen': {
    status: 409,
    en: 'Money of this account is frozen; release it first.',
    zh: '账户有冻结金额，请先解冻。',
  },
  'purchase-on-its-way': {
    status: 409,
    en: 'A purchase for a meter is on its way; wait until it has ended.',
    zh: '有购电在途，请等待其结束。',
  },
  'money-in-the-meter': {
    status: 409,
    en: "There is money in the meter's purse; take it back first.",
    zh: '表内尚有余额，请先退回。',
  },
  'debt-is-open': {
    status: 409,
    en: 'The account has old debt; settle it first.',
    zh: '账户有欠费，请先结清。',
  },
  'owes-money': {
    status: 409,
    en: 'The account owes; take a payment first.',
    zh: '账户透支，请先缴费。',
  },
  'last-reading-missing': {
    status: 409,
    en: 'The last reading is missing; read the meter first.',
    zh: '缺少最后抄表数据，请先抄表。',
  },
  'shift-open-already': {
    status: 409,
    en: 'You have a shift open. Close it before you open another.',
    zh: '您已有未交班的班次，请先交班再开班。',
  },
  'no-open-shift': {
    status: 409,
    en: 'You have no shift open. Open one first.',
    zh: '您没有已开的班次，请先开班。',
  },
  'difference-without-reason': {
    status: 409,
    en: 'The counted cash differs from the books. Count again; if it stays, say why in the note.',
    zh: '清点现金与账面不符，请重新清点；确有差异须填写说明。',
  },
  'amount-below-zero': {
    status: 400,
    en: 'An amount is at least 0. Correct it.',
    zh: '金额不能小于 0，请更正。',
  },
  'unknown-operation': {
    status: 404,
    en: 'There is no such operation on this account. Reload the account and choose one.',
    zh: '该账户没有这笔业务，请刷新账户后重新选择。',
  },
  'reversed-already': {
    status: 409,
    en: 'This has been reversed before; nothing was moved. Reload the account.',
    zh: '该笔业务已冲正，未重复记账，请刷新账户。',
  },
  'is-a-reversal': {
    status: 409,
    en: 'This is a reversal itself. Do anew what it has undone.',
    zh: '该笔业务本身是冲正，如需恢复请重新办理原业务。',
  },
  'not-reversible': {
    status: 409,
    en: 'This kind of operation is not reversed. Put it right by an operation of its own.',
    zh: '此类业务不能冲正，请用相应业务更正。',
  },
  'completed-already': {
    status: 409,
    en: 'Another operation has built on this one. Reverse that one first.',
    zh: '已有后续业务以该笔为依据，请先冲正后续业务。',
  },
  'unknown-refund': {
    status: 404,
    en: 'There is no such refund that a channel has to pay. Reload the account.',
    zh: '没有这笔待付退费，请刷新账户。',
  },
  'paid-already': {
    status: 409,
    en: 'This refund has been confirmed as paid before.',
    zh: '该笔退费已确认付出。',
  },
  'refund-reversed': {
    status: 409,
    en: 'This refund was reversed; nothing is to be paid out.',
    zh: '该笔退费已冲正，无需付款。',
  },
  'unknown-request': {
    status: 404,
    en: 'There is no such request. Reload the list.',
    zh: '没有这项申请，请刷新列表。',
  },
  'request-not-waiting': {
    status: 409,
    en: 'This request has been decided or withdrawn before. Reload the list.',
    zh: '该申请已处理或撤回，请刷新列表。',
  },
  'asked-yourself': {
    status: 403,
    en: 'You asked for this yourself. Another person who may refund must decide.',
    zh: '该业务由您本人申请，须由另一位有退费权限的人员审批。',
  },
  'more-than-alone': {
    status: 409,
    en: 'So much is not given back by one person. Ask for it at the counter page; a second person agrees there.',
    zh: '超过单人退费限额，请在收费页提交申请，由另一人审批。',
  },
  'number-taken': {
    status: 409,
    en: 'This account number is in use. Choose another.',
    zh: '户号已被使用，请换一个。',
  },
  'unknown-customer': {
    status: 404,
    en: 'There is no such customer. Search again or enter a new one.',
    zh: '没有这位客户，请重新查找或新建。',
  },
  'meter-not-free': {
    status: 409,
    en: 'A meter has an account by now, or does not exist. Reload and choose again.',
    zh: '所选电表已有账户或不存在，请刷新后重选。',
  },
  'file-not-understood': {
    status: 400,
    en: 'The file is not understood; correct the lines named, or the names of its columns.',
    zh: '文件无法识别，请更正所列各行，或核对列名。',
  },
  'unknown-item': {
    status: 404,
    en: 'There is no such difference. Reload the list.',
    zh: '没有这项差异，请刷新列表。',
  },
  'state-already': {
    status: 409,
    en: 'This difference has been settled so before. Reload the list.',
    zh: '该差异已如此处理，请刷新列表。',
  },
  'corrected-already': {
    status: 409,
    en: 'This difference was put right in the books and stays so.',
    zh: '该差异已在账上更正，不能再改。',
  },
  'command-already-open': {
    status: 409,
    en: 'The same command is already on its way; wait for its result.',
    zh: '相同的命令正在执行，请等待结果。',
  },
  'reading-not-held': {
    status: 409,
    en: 'This reading is not held (any more): somebody was faster. Reload the list.',
    zh: '该读数已不在待审状态，请刷新列表。',
  },
  'reading-not-believable': {
    status: 409,
    en: 'This reading can not be released: it would charge backwards, or its plan can not price it. Reject it; for a replaced meter, change the meter.',
    zh: '该读数不能放行：会造成倒退计费或无法计价。请拒绝；若已换表，请办理换表。',
  },
  'dry-run-first': {
    status: 409,
    en: 'A price was imported. Look at the dry run of this site first: who would be cut by it.',
    zh: '有新导入的电价，请先查看本小区的试算：会停哪些户。',
  },
  'too-far-ahead': {
    status: 409,
    en: 'A dry run looks at most a week ahead. Begin earlier or look less far.',
    zh: '试算最多看到一周以后，请提前开始时间或缩短范围。',
  },
  'too-many-accounts': {
    status: 409,
    en: 'Too many accounts for one dry run. Choose a site.',
    zh: '户数过多，请选择一个小区试算。',
  },
  'nobody-concerned': {
    status: 409,
    en: 'No account in prepayment fits. Choose another site or plan.',
    zh: '没有符合条件的预付费账户，请另选小区或电价方案。',
  },
  'no-rule': {
    status: 409,
    en: 'There is no rule in it. Give at least one, or take the rules away.',
    zh: '没有任何规则，请至少设置一条，或取消全部规则。',
  },
  'samples-too-often': {
    status: 409,
    en: 'A meter is sampled at most every 10 seconds; the line has no room for more.',
    zh: '采样间隔至少 10 秒，总线容量有限。',
  },
  'samples-too-far-apart': {
    status: 409,
    en: 'A malignant load shows only in samples: sample at least as often as the step may take.',
    zh: '恶性负载须靠采样识别，采样间隔不得大于判断时限。',
  },
  'span-out-of-order': {
    status: 409,
    en: 'A span must end after it begins; write a night as two spans.',
    zh: '时段的结束须晚于开始，跨零点请分两段填写。',
  },
  'no-load-rules': {
    status: 409,
    en: 'This meter has no rules of load control. Set them first.',
    zh: '该表没有负荷控制规则，请先设置。',
  },
  'no-single-run': {
    status: 409,
    en: 'This meter has no rule for single runs. Set one first.',
    zh: '该表没有单次用电规则，请先设置。',
  },
  'run-under-way': {
    status: 409,
    en: 'A run is under way; stop it first.',
    zh: '单次用电进行中，请先停止。',
  },
  'stopped-for-debt': {
    status: 409,
    en: 'This account is stopped for debt. Let it be paid first.',
    zh: '该户因欠费停电，请先缴费。',
  },
  'no-parameters': {
    status: 409,
    en: 'No parameter is given. Fill in at least one.',
    zh: '没有填写参数，请至少填写一项。',
  },
  'too-many-parameters': {
    status: 409,
    en: 'A batch writes at most 10 parameters. Make several batches.',
    zh: '一个批次最多下发 10 项参数，请分批操作。',
  },
  'parameter-twice': { status: 409, en: 'A parameter is given twice.', zh: '同一参数填写了两次。' },
  'bad-parameter': {
    status: 409,
    en: 'A value is not as it must be: money 20.00, a price 0.5380, a minute 2026-12-01T00:00.',
    zh: '参数值写法有误：金额如 20.00，电价如 0.5380，时间如 2026-12-01T00:00。',
  },
  'nothing-selected': {
    status: 409,
    en: 'No meter fits the selection. Widen it and look at the preview again.',
    zh: '没有符合条件的电表，请放宽选择条件后重新预览。',
  },
  'too-many-meters': {
    status: 409,
    en: 'A batch holds at most 2000 meters. Select fewer, for example one building after the other.',
    zh: '一个批次最多 2000 块电表，请缩小范围，例如逐栋操作。',
  },
  'nothing-to-do': {
    status: 409,
    en: 'Every selected meter would be left out; the preview says why for each.',
    zh: '所选电表全部会被跳过，原因见预览。',
  },
  'unknown-batch': {
    status: 404,
    en: 'There is no such batch. Go back to the list and choose one.',
    zh: '没有这个批次，请回到列表重新选择。',
  },
  'same-person': {
    status: 403,
    en: 'A second person has to approve it: nobody approves what they asked for.',
    zh: '须由第二人审批，本人不能批准自己发起的批次。',
  },
  'wrong-password': {
    status: 403,
    en: 'The password is wrong; enter your own password again.',
    zh: '密码不正确，请重新输入本人密码。',
  },
  'override-not-seen': {
    status: 409,
    en: 'This batch overrides balances. Read the marked meters and confirm that you have seen them.',
    zh: '该批次不看余额强制执行，请核对所标电表并确认已知悉。',
  },
  'batch-not-waiting': {
    status: 409,
    en: 'This batch does not wait for approval any more. Reload the page.',
    zh: '该批次已不在待审批状态，请刷新页面。',
  },
  'batch-not-running': {
    status: 409,
    en: 'This batch is over; there is nothing left to stop.',
    zh: '该批次已结束，无可停止的内容。',
  },
  'unknown-work-item': {
    status: 404,
    en: 'There is no such item. Reload the list.',
    zh: '没有这项待办，请刷新列表。',
  },
  'work-item-closed': {
    status: 409,
    en: 'This item is closed already; nothing needs to be done. Reload the list.',
    zh: '该待办已办结，无需处理，请刷新列表。',
  },
  'work-item-acknowledged': {
    status: 409,
    en: 'Somebody has acknowledged this item already. Reload the list.',
    zh: '该待办已有人确认，请刷新列表。',
  },
  'reason-missing': {
    status: 400,
    en: 'Say why, in 1 to 200 characters.',
    zh: '请填写原因（1 至 200 字）。',
  },
  'stop-terms-not-plausible': {
    status: 400,
    en: 'The way to a stop does not hold together: a post-paid account rests on overdue bills.',
    zh: '停电约定不成立：后付费账户须以逾期账单为停电依据。',
  },
  'unknown-approval': {
    status: 404,
    en: 'There is no such approval. Reload the list.',
    zh: '没有这项停电审批，请刷新列表。',
  },
  'approval-closed': {
    status: 409,
    en: 'This approval has been decided already. Reload the list.',
    zh: '该停电审批已办结，请刷新列表。',
  },
  'own-request': {
    status: 409,
    en: 'You asked for this stop yourself; another person must decide.',
    zh: '该停电由您本人申请，须由他人审批。',
  },
  'second-person-needed': {
    status: 409,
    en: 'You have agreed already; a second person must agree, too.',
    zh: '您已同意，还须另一人审批。',
  },
  'end-not-plausible': {
    status: 400,
    en: 'The end must lie ahead, by a year at most.',
    zh: '截止时间须晚于现在且不超过一年。',
  },
  'already-listed': {
    status: 409,
    en: 'The account is on this list already in that time. End that entry first.',
    zh: '该账户此时段已在此名单中，请先结束原记录。',
  },
  'ends-before-it-begins': {
    status: 400,
    en: 'The end comes before the beginning. Correct the dates.',
    zh: '结束早于开始，请更正日期。',
  },
  'unknown-list-entry': {
    status: 404,
    en: 'There is no such entry. Reload the page.',
    zh: '没有这条名单记录，请刷新页面。',
  },
  'list-entry-over': {
    status: 409,
    en: 'This entry is over already.',
    zh: '该名单记录已结束。',
  },
  'emergency-not-offered': {
    status: 409,
    en: 'The agreement offers no emergency credit.',
    zh: '该协议未约定应急用电。',
  },
  'emergency-in-use': {
    status: 409,
    en: 'Emergency credit is in use already; it can be granted again after a top-up.',
    zh: '应急用电已在使用，充值后方可再次申请。',
  },
  'not-used-up': {
    status: 409,
    en: 'There is still money in the account; emergency credit is not needed.',
    zh: '账户余额未用完，无需应急用电。',
  },
  'too-many-announced': {
    status: 409,
    en: 'Three payments were announced today already. Take the payment itself.',
    zh: '今日已登记三笔在途缴费，请直接办理缴费。',
  },
  'unknown-notice': {
    status: 404,
    en: 'There is no such notice. Reload the list.',
    zh: '没有这条通知，请刷新列表。',
  },
  'not-by-hand': {
    status: 409,
    en: 'This notice went by another channel, whose receipt counts.',
    zh: '该通知由其他渠道发送，以其回执为准。',
  },
  'settings-moved': {
    status: 409,
    en: 'Somebody has changed these settings since you opened them. Look at what stands there now, then change it.',
    zh: '打开之后已有他人修改了这些设置，请先查看现值，再行修改。',
  },
  'nothing-changed': {
    status: 400,
    en: 'Nothing would change. Enter another value first.',
    zh: '没有任何改动，请先输入新值。',
  },
  'setting-not-allowed': {
    status: 400,
    en: 'A setting can not be so; correct the settings named.',
    zh: '设置不在允许范围内，请更正所列各项。',
  },
  'no-such-day': {
    status: 400,
    en: 'A day is written YYYY-MM-DD and must exist.',
    zh: '日期格式为 YYYY-MM-DD，且须真实存在。',
  },
  'unknown-span': {
    status: 404,
    en: 'There is no such line. Reload the page.',
    zh: '没有这条记录，请刷新页面。',
  },
  'gateway-offline': {
    status: 503,
    en: "The meter's gateway is offline. Check its power and network, then try again.",
    zh: '该电表的网关不在线，请检查网关电源和网络后重试。',
  },
  'meter-did-not-answer': {
    status: 504,
    en: 'The meter did not answer. Check its wiring and address, then try again.',
    zh: '电表没有应答，请检查接线和通信地址后重试。',
  },
  'too-many-requests': {
    status: 429,
    en: 'Too many attempts. Wait a minute and try again.',
    zh: '尝试次数过多，请一分钟后再试。',
  },
  unavailable: {
    status: 503,
    en: 'The database does not answer. Nothing was changed; try again shortly.',
    zh: '数据库没有应答，未作任何更改，请稍后重试。',
  },
  internal: {
    status: 500,
    en: 'Something went wrong here. It was logged; try again.',
    zh: '系统内部错误，已记录，请重试。',
  },
})
