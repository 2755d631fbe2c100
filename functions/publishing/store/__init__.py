"""The keys and expressions of publishing's table.

`content#<id>#<locale>`  head, edition#<number>     a document: who owns it, which editions are draft and live; each edition
`content#<id>`           owner                      the department that a content id is, and the locales that it has documents in
                         links                      its link set
                         draft#<locale>, live#<locale>   what a link to it shows, and what lists say of it
                         event#<write id>           each write, what it changed, and what became of it
`target#<id>`            <link type>#<source id>    who may link here: added before a link is written, never removed, so read the source
`changes#<owner>#<link type>`   <time>#<write id>   which links of a type a write to a link set added and removed
`effects#<write id>`     <batch>                    which items were made again because of a write
`alias#<alias>`          alias                      the content id that has another name
`path#<base path>`       reservation                whose path it is, and which documents hold it (each write checks the owner)
                         content                    what the content API answers at this path, counted by `revision`
                         intent                     when something is meant to be published here
                         page, part                 what the site answers: a document's own page, or a part of the guide above
`path#/`                 newest#<time>#<document>   what the home page lists

`gsi1` lists a department's documents by their type, `gsi2` what is live of a type whoever published it.
"""
