"""The notifications table: the only files of the room that know its keys and expressions, and the only way in which the room says an event.

| pk | sk | what |
|---|---|---|
| `notification#<service>#<id>` | `notification` | a notification; its claim while somebody sends it |
| `reference#<channel>#<provider's reference>` | `reference` | which notification a receipt is about |
| `service#<id>` | `template#<id>` | the latest version of a template |
| `versions#<service>#<template>` | `<version>` | each version of a template |
| `declared` | `<service>#<template>` | that a department's file says a template |
| `service#<id>` | `sending` | what a service sends with, where no file declares it |
| `number#<number>` | `number` | whose texts to a number are, where no file declares it |
| `mailbox#<mailbox>` | `mailbox` | whose emails come from a mailbox, where no file declares it |
| `received#<service>#<id>` | `text` | a text that somebody sent |
| `subscribers#<service>#<list>#<shard>` | `<subscriber>` | somebody on a list; a tombstone once removed |
| `subscription#<service>#<list>#<hash of the address>` | `subscription` | that an address is on a list, once |
| `request#<event>` | `<where it went on>` | how far a request for a list has come |
| `callback#<service>#<name>#<day>` | `<time>#<id>` | something that a callback is told, and how it fares |
| `telling#<service>#<callback>#<lane>` | `<when it is due>#<id>` | the same, while it waits to be told |
| `lane#<service>#<callback>#<lane>` | `lane` | whose turn it is to tell what waits there |
| `secret#<service>#<callback>` | `token` | the bearer token of a callback, sealed, and the address that it is for |
| `counts#<service>` | `<day>#<channel>#<key type>#<template>#<shard>` | how many notifications came to each status |
| `counted#<event>` | `counted` | that a change of status is in the counts |
| `unsubscribed#<service>#<day>` | `<notification>` | who asked not to be sent more |
| `unsubscribed#<service>#<notification>` | `asked` | that it was asked, once |
| `limit#<name>` | `bucket`, `day#<day>` | what of a limit is used (`functions/common/limits.py`) |

The index `gsi1` lists notifications (`notifications#<service>#<key type>#<day>`), received texts (`received#<service>#<day>`) and sendings
whose receipt is waited for (`waiting#<hour>`), each in the order of time; `gsi2` lists notifications by the caller's reference.

What names a person expires after its service's retention; but who unsubscribed is known for 90 days, and a subscription lasts until it is
ended. Of the rest, what a callback was told lasts for 30 days, that something is in the counts for 400, what a limit has given for a day or
two. Templates, settings, numbers, mailboxes, tokens and the counts themselves stay.
"""
