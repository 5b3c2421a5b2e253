@echo off
rem Double-click: opens the course in the browser. Needs Python 3, and no network.
pushd "%~dp0"
if not exist start.py goto packed
rem Looking for the programs is not enough: if Python is missing, Windows has a program of the same name that only says where to get it.
set python=py -3
%python% -c "import http.server" >nul 2>nul
if not %errorlevel%==0 set python=python
%python% -c "import http.server" >nul 2>nul
if not %errorlevel%==0 goto none
%python% start.py %*
goto :eof
:none
echo Python 3 was not found on this machine. Open site\index.html instead: all pages can be read, and figures show their initial state.
pause
goto :eof
:packed
echo Unpack the whole archive first, then start this file in the folder that it makes.
pause
