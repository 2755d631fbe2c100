// Calls every method of GOV.UK Notify's own Node client, unmodified. Settings come as JSON on standard input; each answer, or what a call
// was refused with, leaves as a line of JSON on standard output.

const { NotifyClient } = require('notifications-node-client')
const axios = require('axios')

const PATIENCE = 30_000

const pause = milliseconds => new Promise(resolve => setTimeout(resolve, milliseconds))

async function read (stream) {
  const parts = []
  for await (const part of stream) parts.push(part)
  return JSON.parse(Buffer.concat(parts).toString())
}

async function call (name, request) {
  let line
  try {
    const answer = await request()
    line = { name, status: answer.status ?? null, data: answer.data ?? answer }
  } catch (refusal) {
    if (!refusal.response) throw refusal
    line = { name, status: refusal.response.status, data: refusal.response.data }
  }
  console.log(JSON.stringify(line))
  return line.data
}

async function ended (client, id) {
  const end = Date.now() + PATIENCE
  for (;;) {
    const { data } = await client.getNotificationById(id)
    if (!['created', 'sending', 'pending', 'accepted', 'pending-virus-check'].includes(data.status) || Date.now() > end) return
    await pause(100)
  }
}

async function send (client, { templates, personalisation, address, replyTo, textSender }) {
  const email = await call('sendEmail', () => client.sendEmail(templates.email, 'node@example.com', {
    personalisation,
    reference: 'node-1',
    emailReplyToId: replyTo,
    oneClickUnsubscribeURL: 'https://example.gov.uk/stop',
    sanitiseContentFor: ['place']
  }))
  await call('sendSms', () => client.sendSms(templates.sms, '07700 900831', { personalisation, reference: 'node-2', smsSenderId: textSender }))
  const letter = await call('sendLetter', () => client.sendLetter(templates.letter, { personalisation: { ...personalisation, ...address } }))
  await ended(client, email.id)
  await ended(client, letter.id)
  await call('getNotificationById', () => client.getNotificationById(email.id))
  const pdf = await client.getPdfForLetterNotification(letter.id)
  console.log(JSON.stringify({ name: 'getPdfForLetterNotification', status: null, data: pdf.subarray(0, 5).toString() }))
  const precompiled = await call('sendPrecompiledLetter', () => client.sendPrecompiledLetter('node-3', pdf, 'first'))
  await ended(client, precompiled.id)
  await call('getNotificationById, precompiled', () => client.getNotificationById(precompiled.id))
  await call('getPdfForLetterNotification, of an email', () => client.getPdfForLetterNotification(email.id))
}

async function list (client, { received }) {
  await call('getNotifications', () => client.getNotifications())
  const texts = await call('getNotifications, filtered', () => client.getNotifications('sms', null, 'node-2'))
  await call('getNotifications, older', () => client.getNotifications('email', undefined, undefined, texts.notifications[0].id))
  await call('getReceivedTexts', () => client.getReceivedTexts())
  await call('getReceivedTexts, older', () => client.getReceivedTexts(received))
}

async function look (client, { templates, personalisation }) {
  await call('getTemplateById', () => client.getTemplateById(templates.email))
  await call('getTemplateByIdAndVersion', () => client.getTemplateByIdAndVersion(templates.email, 1))
  await call('getAllTemplates', () => client.getAllTemplates())
  await call('getAllTemplates, of texts', () => client.getAllTemplates('sms'))
  await call('previewTemplateById', () => client.previewTemplateById(templates.email, personalisation))
  await call('previewTemplateById, of nothing', () => client.previewTemplateById(templates.email))
}

async function refuse (client, { templates, personalisation }) {
  await call('sendEmail, to nobody', () => client.sendEmail(templates.email, 'nobody', { personalisation }))
  await call('sendSms, of an email', () => client.sendSms(templates.email, '07700 900831', { personalisation }))
  const place = client.prepareUpload(Buffer.from('a file'), { filename: 'tides.txt', confirmEmailBeforeDownload: true, retentionPeriod: '4 weeks' })
  await call('prepareUpload', () => client.sendEmail(templates.email, 'node@example.com', { personalisation: { ...personalisation, place } }))
}

async function go (client, { templates }) {
  const gone = []
  client.setClient(options => { gone.push(options.url); return axios(options) })
  await client.getTemplateById(templates.email)
  console.log(JSON.stringify({ name: 'setClient', status: null, data: gone }))
  client.setProxy(false)
  await call('setProxy', () => client.getTemplateById(templates.email))
}

async function main () {
  const settings = await read(process.stdin)
  const client = new NotifyClient(settings.url, settings.key)
  for (const part of [send, list, look, refuse, go]) await part(client, settings)
}

main().catch(failure => {
  console.error(failure)
  process.exit(1)
})
