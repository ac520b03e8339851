#!/usr/bin/env python3
import sys


def main():
    for line in sys.stdin:

        print(line.strip())


if __name__ == "__main__":
    main()
