@echo off
rem Double-click: opens the course in the browser. Needs Python, and no network.
cd /d "%~dp0"
where py >nul 2>nul && (py -3 start.py & goto :eof)
where python >nul 2>nul && (python start.py & goto :eof)
echo Python is not on this machine. Open site\index.html instead: all pages can be read, and figures show how they start.
pause
