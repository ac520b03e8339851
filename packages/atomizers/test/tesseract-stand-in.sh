#!/bin/sh
# Stands in for Tesseract where that isn't installed: takes the same arguments, and does what the picture's first bytes say.
case "$1" in
  --version) echo 'tesseract 9.8.7 (a stand-in)'; exit 0 ;;
  --list-langs) printf 'List of available languages in "nowhere/" (3):\ndeu\neng\nosd\n'; exit 0 ;;
esac
picture=$(head -c 200 | tr -d '\000' | tr -c '[:print:]' ' ')
word() { printf '5\t%s\t1\t%s\t%s\t%s\t0\t0\t9\t9\t%s\t%s\n' "$1" "$2" "$3" "$4" "$5" "$6"; }
printf 'level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext\n'
case "$picture" in
  *hang*) exec sleep 600 ;;
  *fill*) exec tail /dev/zero ;;
  *print*) exec yes "$picture" ;;
  *fail*) echo 'Error in pixReadMem: no pix returned' >&2; exit 1 ;;
  *blank*) word 1 1 1 1 40 '|' ;;
  *env*) word 1 1 1 1 90 "$(env | cut -d= -f1 | sort | tr '\n' ' ')" ;;
  *) word 1 1 1 1 90 "$*"
     word 1 1 2 1 70 'second'; word 1 1 2 2 50 'line.'
     word 2 1 1 1 96.5 'Of'; word 2 1 1 2 95.5 "$(printf %s "$picture" | cut -c1-20)" ;;
esac
